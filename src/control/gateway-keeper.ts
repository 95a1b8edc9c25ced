import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../kit/clock.ts';
import { messageOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import type { Gateway, GatewayState } from '../gateway/gateway.ts';
import type { ControlEvent } from './control.ts';

export interface GatewayKeeper {
  /** Makes the gateway match the roster; false when it cannot be told now: it is told as soon as it can be. */
  publish(): Promise<boolean>;
  /** HAProxy ended by itself: brings it back with the servers as they are now. */
  revive(): Promise<void>;
  /** Once a tick: what could not be told before is tried again. */
  retry(): Promise<void>;
  /** Nothing is brought back after this, whatever dies; resolves when a start under way has ended. */
  stop(): Promise<void>;
}

interface KeeperDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly gateway: Gateway;
  readonly state: () => GatewayState;
  readonly emit: (event: ControlEvent) => void;
  /** It does as this says now. */
  readonly onTold: (state: GatewayState) => void;
}

/** The kernel may hold a dead HAProxy's port for a moment longer, and a tick is long while nobody is answered. */
const QUICK_TRIES = 10;
const QUICK_TRY_MS = 20;

/** Keeps the gateway in step with the roster, through refusals, silence and death. */
export function createGatewayKeeper({
  clock,
  log,
  gateway,
  state,
  emit,
  onTold,
}: KeeperDeps): GatewayKeeper {
  let behind = false;
  let reviving: Promise<void> | undefined;
  let stopped = false;

  const tell = (
    change: Extract<ControlEvent, { kind: 'gateway' }>['change'],
    reasons: readonly string[],
  ): void => emit({ kind: 'gateway', at: clock.now(), change, reasons });

  const publish = async (): Promise<boolean> => {
    // A start under way takes the state as it was: what changed since then is applied right after it.
    await reviving;
    try {
      const next = state();
      const beganAt = clock.now();
      const applied = await gateway.apply(next);
      if (applied.kind === 'refused') {
        if (!behind) {
          log.error(
            { problems: applied.problems },
            'the gateway refused a plan; the last one serves',
          );
          tell('refused', applied.problems);
        }
        behind = true;
        return false;
      }
      if (applied.kind === 'reload') {
        const { reasons } = applied;
        log.info({ reasons, tookMs: clock.now() - beganAt }, 'the gateway was reloaded');
        tell('reloaded', reasons);
      }
      behind = false;
      onTold(next);
      return true;
    } catch (err) {
      if (!behind) log.warn({ err }, 'the gateway could not be told of a change; trying again');
      behind = true;
      return false;
    }
  };

  const bringBack = async (): Promise<void> => {
    try {
      await startSoon();
      tell('started', ['brought back after it ended by itself']);
      behind = false;
    } catch (err) {
      if (!behind) {
        log.error({ err }, 'the gateway could not be brought back; trying again');
        tell('refused', [messageOf(err)]);
      }
      behind = true;
    } finally {
      reviving = undefined;
    }
  };

  const startSoon = async (): Promise<void> => {
    for (let left = behind ? 0 : QUICK_TRIES; ; left--) {
      try {
        const next = state();
        await gateway.start(next);
        onTold(next);
        return;
      } catch (thrown) {
        if (left === 0 || stopped) throw thrown;
      }
      await delay(QUICK_TRY_MS);
    }
  };

  return {
    publish,
    async revive() {
      if (stopped) return;
      if (!reviving) {
        tell('died', []);
        reviving = bringBack();
      }
      await reviving;
    },
    async retry() {
      if (stopped || !behind) return;
      if (gateway.pid() === null) {
        reviving ??= bringBack();
        await reviving;
      } else {
        await publish();
      }
    },
    async stop() {
      stopped = true;
      await reviving;
    },
  };
}
