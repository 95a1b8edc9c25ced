import type { Clock } from '../../kit/clock.ts';
import { SECOND } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { AlertRule } from '../../spec/alert-rules.ts';
import type { FactStore } from '../../state/store.ts';
import type { ControlEvent } from '../control.ts';
import type { Alert } from './alert.ts';
import { alertOf, writtenAlert } from './alert.ts';
import type { Post } from './courier.ts';
import { createCourier } from './courier.ts';
import type { Became } from './judge.ts';
import { goOn, judge, untouched } from './judge.ts';
import type { KnownAlert, RememberedAlert } from './known-alerts.ts';
import { byUrgency, isOfInterest, rememberedAlerts } from './known-alerts.ts';
import type { Observed } from './observe.ts';
import { observe } from './observe.ts';
import { unwatchedText } from './words.ts';

/** Conditions somebody is told about. */
export interface Alerts {
  /** Judges every rule by what is known now. */
  look(observed: Observed, now: number): void;
  /** Firing, pending, and resolved in the last hour. */
  view(): readonly Alert[];
  /** Nothing is judged or told after this. */
  stop(): Promise<void>;
}

export interface AlertsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly facts: FactStore;
  readonly project: string;
  /** In force now. */
  readonly rules: () => readonly AlertRule[];
  readonly emit: (event: ControlEvent) => void;
  readonly post: Post;
  readonly chance: () => number;
  /** ms, on a clock that nobody sets and that stands still while the machine sleeps. */
  readonly elapsed?: () => number;
}

/** The name in the state file of what fires, ended lately, or is on its way. */
const FACT = 'alerts';

export function createAlerts(deps: AlertsDeps): Alerts {
  const { clock, log, facts, elapsed = () => performance.now() } = deps;
  const known = new Map<string, KnownAlert>();
  const saidPendingAt = new Map<string, number>();
  /** Something happened that is not written down: once a look is often enough. */
  let dirty = false;
  let stopped = false;
  let last = { at: clock.now(), elapsedMs: elapsed() };

  /** A full disk costs what is remembered, not the news. */
  const remember = (): void => {
    dirty = false;
    const now = clock.now();
    const kept = [...known.values()].filter((each) => isOfInterest(each, now));
    const remembered = kept.map(
      (each): RememberedAlert => ({ ...each, parcel: courier.parcel(each.rule.id) }),
    );
    try {
      facts.set(FACT, remembered);
    } catch (err) {
      log.warn({ err }, 'which alerts fire could not be written down');
    }
  };
  const courier = createCourier({ ...deps, onChange: () => void (dirty = true) });

  const shown = ({ rule, memory, ended }: KnownAlert): Alert | null => {
    const nobody = rule.notify === null ? null : { at: null, attempts: 0, problem: null };
    return alertOf(rule, memory, courier.told(rule.id) ?? nobody, ended);
  };

  const tell = (each: KnownAlert, became: Became, now: number): void => {
    const { rule } = each;
    if (became !== 'pending') courier.forget(rule.id);
    // On the edge it would begin to hold with every other look.
    else if (now - (saidPendingAt.get(rule.id) ?? -Infinity) < QUIET_MS) return;
    else saidPendingAt.set(rule.id, now);
    const alert = shown(each);
    if (!alert) return;
    const service = rule.kind === 'service' ? rule.subject : null;
    deps.emit({ kind: 'alert', at: now, alert, service });
    if (became === 'pending') return;
    saidPendingAt.delete(rule.id);
    log[became === 'firing' ? 'warn' : 'info'](
      { alert: alert.id, state: became },
      `alert ${became}: ${alert.message}`,
    );
    if (rule.notify === null) return;
    const news = { type: `alert.${became}`, project: deps.project, text: textOf(deps, alert) };
    const at = new Date(now).toISOString();
    // What became of the telling cannot be in what is told.
    const told = undefined;
    courier.send(
      alert.id,
      rule.notify,
      JSON.stringify({ ...news, alert: { ...writtenAlert(alert), told }, at }),
    );
  };

  /** Its rule is in force no more: who was told that it fires is told that it ended. */
  const end = (each: KnownAlert, now: number): void => {
    const { rule, memory } = each;
    const over = { ...memory, at: now, since: null, firing: false, otherwiseSince: null };
    if (!memory.firing) {
      // Its last number is one with which it held, and stands for no end.
      known.set(rule.id, { ...each, memory: { ...over, value: null } });
      return;
    }
    const ended = { ...each, memory: { ...over, resolvedAt: now }, ended: unwatchedText(rule) };
    known.set(rule.id, ended);
    tell(ended, 'resolved', now);
  };

  for (const { parcel, ...each } of rememberedAlerts(facts.get(FACT))) {
    known.set(each.rule.id, { ...each, memory: goOn(each.memory, clock.now()) });
    if (parcel) courier.goOn(each.rule.id, parcel);
  }

  return {
    look(observed, now) {
      if (stopped) return;
      const rules = new Map(deps.rules().map((rule) => [rule.id, rule]));
      const elapsedMs = elapsed();
      const leftOut = now - last.at - (elapsedMs - last.elapsedMs) > JUMP_MS;
      last = { at: now, elapsedMs };
      for (const rule of rules.values()) {
        const then = known.get(rule.id)?.memory ?? untouched(now);
        const before = leftOut ? goOn(then, now) : then;
        const { memory, became } = judge(rule, observe(rule, observed), before, now);
        const ended =
          memory.resolvedAt === before.resolvedAt ? (known.get(rule.id)?.ended ?? null) : null;
        const each = { rule, memory, ended };
        known.set(rule.id, each);
        if (became) tell(each, became, now);
        dirty ||= became === 'firing' || became === 'resolved';
      }
      for (const [id, each] of known) {
        if (!rules.has(id) && each.memory.since !== null) {
          dirty ||= each.memory.firing;
          end(each, now);
        }
        if (isOfInterest(known.get(id) ?? each, now)) continue;
        courier.forget(id);
        if (rules.has(id)) continue;
        known.delete(id);
        saidPendingAt.delete(id);
      }
      if (dirty) remember();
    },
    view() {
      const now = clock.now();
      return [...known.values()]
        .filter((each) => isOfInterest(each, now))
        .toSorted(byUrgency)
        .flatMap((each) => shown(each) ?? []);
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      await courier.stop();
      remember();
    },
  };
}

// Private

const QUIET_MS = 10 * SECOND;
/** A clock that is ahead by more was set, or the machine slept. */
const JUMP_MS = 5 * SECOND;

/** One line, for chats that show nothing else. */
function textOf({ project }: AlertsDeps, { state, message }: Alert): string {
  return `[${state}] ${project}: ${message}`;
}
