import { humanDuration } from '../kit/duration.ts';
import type { DecisionView, Explanation } from '../web/contract.ts';
import type { Paint } from './paint.ts';

/** Decisions in plain words, the newest first: what was decided, what bound it, how it came about. */
export function explanationLines(
  { service, decisions }: Explanation,
  style: Paint,
  now: number,
): readonly string[] {
  if (decisions.length === 0) return [`${service}: nothing was decided yet.`];
  return decisions.flatMap((decision, index) => [
    ...(index === 0 ? [] : ['']),
    `${style.dim(moment(decision.at, now))}  ${style.bold(verdict(decision))}`,
    ...details(decision).map((line) => `  ${line}`),
  ]);
}

/** `'2 → 3 replicas'`, `'stays at 3: the cooldown is not over'` */
export function verdict({ current, desired, binding }: DecisionView): string {
  if (current !== desired)
    return `${current} → ${desired} ${desired === 1 ? 'replica' : 'replicas'}`;
  const why = STAYS[binding];
  return `stays at ${desired}${why === null ? '' : `: ${why}`}`;
}

// Private

type Binding = DecisionView['binding'];

/** Why a count did not change. */
const STAYS: Readonly<Record<Binding, string | null>> = {
  none: null,
  min: 'that is the minimum',
  max: 'that is the maximum',
  cooldown: 'the cooldown is not over',
  brake: 'too many errors to add replicas',
  guard: 'the machine has no room for more',
  missing: 'data is missing',
  paused: 'scaling is paused',
  pinned: 'somebody set the count',
  deploying: 'a deploy is under way',
};

/** What kept a change from being larger or smaller. */
const BOUND: Readonly<Record<Binding, string | null>> = {
  none: null,
  min: 'by the minimum',
  max: 'by the maximum',
  cooldown: 'by a cooldown',
  brake: 'by the error brake',
  guard: 'by the room on the machine',
  missing: 'for want of data',
  paused: 'by the pause',
  pinned: 'by the count somebody set',
  deploying: 'by a deploy',
};

function details(decision: DecisionView): readonly string[] {
  const { policy, raw, stabilised, limited, desired, current, applied, binding } = decision;
  const lines = [...decision.reasons];
  const stages = [raw, stabilised, limited, desired];
  if (new Set(stages).size > 1) {
    const asked = raw === null ? 'had no answer' : `asked for ${raw}`;
    lines.push(
      `${policy} ${asked}; after cooldown and brake ${stabilised}, after limits ${limited}, in the end ${desired}`,
    );
  }
  if (current !== desired && BOUND[binding] !== null) lines.push(`bound ${BOUND[binding]}`);
  if (current !== desired && applied !== null && applied !== desired)
    lines.push(`${applied} of ${desired} came about`);
  const held = heldText(decision);
  if (held !== null) lines.push(held);
  return lines;
}

/** `'held for 3 min (180 times)'`; null for what was decided once. */
function heldText({ at, until, times }: DecisionView): string | null {
  if (times < 2) return null;
  const heldMs = Math.max(0, Date.parse(until) - Date.parse(at));
  return `held for ${humanDuration(heldMs - (heldMs >= 1000 ? heldMs % 1000 : 0))} (${times} times)`;
}

/** The time of day, with the date where it is not today's. */
function moment(iso: string, now: number): string {
  const at = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  if (at.toDateString() === new Date(now).toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}
