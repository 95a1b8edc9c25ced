import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../kit/clock.ts';
import { SECOND } from '../kit/clock.ts';
import { messageOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import { startLoop } from '../kit/loop.ts';
import type { AcceptKnown, Known, Material } from '../gateway/keys/material.ts';
import type { GatewaySpec } from '../spec/spec.ts';
import type { ControlEvent } from './control.ts';

/** Follows the files and addresses that the gateway's keys and its certificate come from. */
export interface MaterialWatch {
  /** A token names a key that is not known. */
  unknownKey(jwt: string): void;
  /** What is wrong now, as sentences. */
  problems(): readonly string[];
  stop(): Promise<void>;
}

interface MaterialWatchDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly material: Material;
  /** What is in force. */
  readonly gateway: () => GatewaySpec;
  readonly accept: AcceptKnown;
  readonly publish: () => Promise<unknown>;
  readonly emit: (event: ControlEvent) => void;
}

/** A change of a file is in force within two of these. */
const LOOK_MS = SECOND;

export function watchMaterial(deps: MaterialWatchDeps): MaterialWatch {
  const { log, material, gateway, accept, publish } = deps;
  /** What was told to be wrong, by key of the configuration. */
  let told: ReadonlyMap<string, readonly string[]> = new Map();
  let logged = material.of(gateway());
  /** Who cannot ask must not stop the looks at everything else. */
  const accepts: AcceptKnown = (known) =>
    accept(known).catch((thrown: unknown) => [messageOf(thrown)]);

  const tell = (change: 'troubled' | 'mended', message: string): void => {
    log[change === 'troubled' ? 'warn' : 'info']({ change }, message);
    deps.emit({ kind: 'gateway', at: deps.clock.now(), change, reasons: [message] });
  };
  const tellProblems = (): void => {
    const now = new Map<string, readonly string[]>();
    for (const { path, message } of material.problems(gateway()))
      now.set(path, [...(now.get(path) ?? []), message]);
    const before = told;
    told = now;
    for (const [path, messages] of now)
      for (const message of messages)
        if (!before.get(path)?.includes(message)) tell('troubled', `${path}: ${message}`);
    for (const path of before.keys())
      if (!now.has(path)) tell('mended', `${path}: what was wrong is well again`);
  };
  const turn = async (look: Promise<boolean>): Promise<void> => {
    try {
      const changed = await look;
      // Looks overlap: whoever ends first logs what another has found.
      const before = logged;
      logged = material.of(gateway());
      logChanges(log, before, logged);
      if (changed) await publish();
    } finally {
      tellProblems();
    }
  };
  const onError = (err: unknown): void =>
    log.error({ err }, 'a look at keys and certificate failed');
  const asked = new Set<Promise<void>>();
  const intervalMs = (): number => LOOK_MS;

  const files = startLoop({
    intervalMs,
    turn: () => turn(material.lookAtFiles(gateway(), accepts)),
    onError,
  });
  const addresses = startLoop({
    intervalMs,
    turn() {
      // Requests wait for what one finds, and not for one that answers slowly.
      for (const ask of material.askDue(gateway(), accepts)) {
        const done = turn(ask)
          .catch(onError)
          .finally(() => asked.delete(done));
        asked.add(done);
      }
    },
    onError,
  });

  return {
    unknownKey(jwt) {
      material.unknownKey(gateway(), jwt);
      addresses.nudge();
    },
    problems: () => material.problems(gateway()).map(({ path, message }) => `${path}: ${message}`),
    async stop() {
      await Promise.all([files.stop(), addresses.stop()]);
      await Promise.all(asked);
    },
  };
}

// Private

/** How many keys, and of whom; what they are stays out of the log. */
function logChanges(log: Log, before: Known, now: Known): void {
  for (const [jwt, { keys }] of Object.entries(now.keys)) {
    const had = before.keys[jwt];
    if (had && !isDeepStrictEqual(had.keys, keys))
      log.info({ jwt, keys: keys.length }, 'the keys were read anew');
  }
  if (before.certificate !== null && before.certificate !== now.certificate)
    log.info({}, 'the certificate was replaced');
}
