import { humanDuration } from '../kit/duration.ts';
import type { DecisionView, Explanation } from '../web/contract.ts';
import { replicasText } from './numbers.ts';
import { oneLine } from './one-line.ts';
import type { Paint } from './paint.ts';

/**
 * Decisions in plain words, the newest first: what was decided, what bound it, how it came about; between them what
 * happened to the replicas. `newest`: whether the first is in force, with the reasons of now, or as it was stored.
 */
export function explanationLines(
  { service, decisions, incidents }: Explanation,
  style: Paint,
  now: number,
  newest: 'in-force' | 'stored' = 'in-force',
): readonly string[] {
  const when = (at: string): string => style.dim(momentText(Date.parse(at), now));
  const happened = incidents.map(({ at, code, message }) => ({
    at: Date.parse(at),
    line: `${when(at)}  ${style.yellow(code)}  ${oneLine(message)}`,
  }));
  const linesSince = (atMs: number): readonly string[] => {
    const older = happened.findIndex(({ at }) => at < atMs);
    return happened.splice(0, older === -1 ? happened.length : older).map(({ line }) => line);
  };
  const blocks = decisions.flatMap((decision, index) => [
    linesSince(Date.parse(decision.at)),
    [
      `${when(decision.at)}  ${style.bold(verdict(decision))}`,
      ...details(decision, index > 0 || newest === 'stored').map((line) => `  ${line}`),
    ],
  ]);
  const none = decisions.length === 0 ? [[`${service}: nothing was decided yet.`]] : [];
  return [...none, ...blocks, linesSince(0)]
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

/** The local time of day, with the date where it is not today's. */
export function momentText(atMs: number, now: number): string {
  const at = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  if (at.toDateString() === new Date(now).toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

// Private

/** `'2 → 3 replicas'`, `'stays at 3, bound by cooldown'` */
function verdict({ current, desired, binding, reasons }: DecisionView): string {
  if (current === desired && binding === 'min') {
    // The minimum is 0 then: the reason says what it stays for.
    const awake = reasons.some((reason) => reason.startsWith('one replica stays awake'));
    return `stays at ${desired}, ${awake ? 'awake' : 'the minimum'}`;
  }
  const bound = boundText(binding);
  if (current === desired) return `stays at ${desired}${bound}`;
  return `${current} → ${replicasText(desired)}${bound}`;
}

function details(decision: DecisionView, isStored: boolean): readonly string[] {
  const { desired, current, applied } = decision;
  const lines = [...decision.reasons];
  const stages = stagesText(decision);
  if (stages !== null) lines.push(stages);
  if (current !== desired && applied !== null && applied !== desired)
    lines.push(`${applied} of ${desired} came about`);
  const held = heldText(decision, isStored);
  if (held !== null) lines.push(held);
  if (decision.lately) lines.push(`now: ${decision.lately.join('; ')}`);
  return lines;
}

function boundText(binding: DecisionView['binding']): string {
  if (binding === 'none') return '';
  return binding === 'missing' ? ', held: numbers missing' : `, bound by ${binding}`;
}

/** `'linear asked for 12; after limits 5'`: the stages that changed the number; null where none did. */
function stagesText(decision: DecisionView): string | null {
  const { policy, raw, stabilised, limited, desired, current, binding } = decision;
  // An idle service at its minimum: the reasons say so already.
  if (raw === null || (binding === 'min' && desired === current)) return null;
  const changes = [
    ...(stabilised === raw ? [] : [`after cooldown and brake ${stabilised}`]),
    ...(limited === stabilised ? [] : [`after limits ${limited}`]),
    ...(desired === limited ? [] : [`in the end ${desired}`]),
  ];
  return changes.length === 0 ? null : `${policy} asked for ${raw}; ${changes.join(', ')}`;
}

/** `'for 3 min'`, of what is stored `'for 3 min, at first for these reasons'`; null for what was decided once. */
function heldText(
  { at, until, times, current, desired }: DecisionView,
  isStored: boolean,
): string | null {
  if (times < 2) return null;
  const heldMs = Math.max(0, Date.parse(until) - Date.parse(at));
  const held = `for ${humanDuration(heldMs - (heldMs >= 1000 ? heldMs % 1000 : 0))}`;
  // A row keeps what was true when it was written; what changed the count needs no such word.
  const isAtFirst = isStored && current === desired && heldMs >= CHANGING_MS;
  return isAtFirst ? `${held}, at first for these reasons` : held;
}

/** In this time reasons may come to differ from those that were written down. */
const CHANGING_MS = 5_000;
