import type { DecisionView, SignalValues } from '../../contract.ts';
import { count, megabytes, milliseconds, percent, rate, span } from '../format.ts';

/** One stage of a decision: the number it came out with, and whether it changed what came in. */
export interface Stage {
  readonly label: string;
  readonly value: string;
  readonly changed: boolean;
}

/** From what the policy asks for to what came of it. */
export function stagesOf(decision: DecisionView): readonly Stage[] {
  const { current, raw, stabilised, limited, desired, applied } = decision;
  const before = raw ?? current;
  const stage = (label: string, from: number, to: number): Stage => ({
    label,
    value: count(to),
    changed: from !== to,
  });
  return [
    { label: 'as it was', value: count(current), changed: false },
    {
      label: 'the policy asks for',
      value: raw === null ? 'nothing' : count(raw),
      changed: raw !== null && raw !== current,
    },
    stage('after cooldown and brake', before, stabilised),
    stage('within min, max and host', stabilised, limited),
    stage('wanted', limited, desired),
    {
      label: 'brought about',
      value: applied === null ? 'under way' : count(applied),
      changed: applied !== null && applied !== desired,
    },
  ];
}

/** `policy linear · decided 12 times in 3 min` */
export function policyText({ policy, at, until, times }: DecisionView): string {
  const held =
    times > 1 ? ` · decided ${times} times in ${span(Date.parse(until) - Date.parse(at))}` : '';
  return `policy ${policy}${held}`;
}

/** What the count was bound by, as a sentence. */
export function boundText(binding: DecisionView['binding']): string {
  return BOUNDS[binding] ?? `Bound by: ${binding}.`;
}

/** What it knew: every signal that was there, as a name and a value. */
export function inputsOf(
  signals: SignalValues,
): readonly (readonly [name: string, value: string])[] {
  return INPUTS.flatMap(([key, name, text]) => {
    const value = signals[key];
    return value === null || value === undefined ? [] : [[name, text(value)] as const];
  });
}

// Private

const BOUNDS: Readonly<Record<DecisionView['binding'], string>> = {
  none: 'Nothing held it back: it is what the policy asks for.',
  min: 'The minimum bound it: never fewer than scale.min.',
  max: 'The maximum bound it: never more than scale.max.',
  cooldown: 'A cooldown bound it: too little time since the last step.',
  brake: 'The brake bound it: more replicas do not help against errors.',
  guard: 'The host bound it: there is no room for more.',
  missing: 'Numbers are missing, so it stays as it was.',
  paused: 'Scaling is paused.',
  pinned: 'Somebody holds it at this count.',
  deploying: 'A deployment is at work: scaling waits for it.',
};

const INPUTS: readonly (readonly [
  key: keyof SignalValues,
  name: string,
  text: (value: number) => string,
])[] = [
  ['rps', 'requests', rate],
  ['cpu', 'CPU', percent],
  ['memoryBytes', 'memory', megabytes],
  ['latencyP50Ms', 'p50', milliseconds],
  ['latencyP95Ms', 'p95', milliseconds],
  ['latencyP99Ms', 'p99', milliseconds],
  ['errors', 'errors', percent],
  ['concurrency', 'at work', (value) => String(Number(value.toFixed(1)))],
  ['queued', 'waiting', count],
  ['eventLoopDelayMs', 'loop delay', milliseconds],
  ['backlog', 'backlog', count],
];
