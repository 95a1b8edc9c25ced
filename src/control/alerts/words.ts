import { humanBytes } from '../../kit/bytes.ts';
import { humanDuration } from '../../kit/duration.ts';
import { SECOND } from '../../kit/clock.ts';
import type { AlertOperator, AlertUnit } from '../../spec/alerts.ts';
import type { AlertRule } from '../../spec/alert-rules.ts';

type Rule = Pick<AlertRule, 'subject' | 'signal' | 'operator' | 'threshold' | 'unit'>;

/** `api: p95 latency 2.4 s is above 2 s for 1 min`; `value` null: no number is known. */
export function holdsText(rule: Rule, value: number | null, heldMs: number): string {
  const whole = heldMs - (heldMs % SECOND);
  return `${beginning(rule, value)} ${compared(rule)}${whole > 0 ? ` for ${humanDuration(whole)}` : ''}`;
}

/** `api: p95 latency 120 ms is not above 2 s any more` */
export function endedText(rule: Rule, value: number | null): string {
  return `${beginning(rule, value)} not ${compared(rule)} any more`;
}

/** `api: whether its p95 latency is above 2 s is not watched any more` */
export function unwatchedText(rule: Rule): string {
  return `${rule.subject}: whether ${NAMES[rule.signal]} ${verb(rule)} ${compared(rule)} is not watched any more`;
}

// Private

const NAMES: Readonly<Record<AlertRule['signal'], string>> = {
  latency: 'p95 latency',
  errors: 'error rate',
  cpu: 'CPU',
  memory: 'memory',
  rps: 'request rate',
  concurrency: 'requests in flight',
  queued: 'requests that wait',
  eventLoopDelay: 'event-loop delay',
  backlog: 'tasks that wait',
  waiting: 'tasks that wait',
  oldest: 'age of the oldest task',
  drainTime: 'time to work off what waits',
  replicas: 'ready replicas',
  connections: 'connections',
};

const SEVERAL: ReadonlySet<AlertRule['signal']> = new Set([
  'concurrency',
  'queued',
  'backlog',
  'waiting',
  'replicas',
  'connections',
]);

const COMPARED: Readonly<Record<AlertOperator, string>> = {
  '>': 'above',
  '>=': 'at or above',
  '<': 'below',
  '<=': 'at or below',
};

const AMOUNTS: Readonly<Record<AlertUnit, (value: number) => string>> = {
  time: humanDuration,
  size: humanBytes,
  fraction: (value) => `${Number((value * 100).toFixed(1))} %`,
  number: (value) => String(Number(value.toFixed(1))),
};

function beginning(rule: Rule, value: number | null): string {
  const amount = value === null ? '' : ` ${amountText(rule, value)}`;
  return `${rule.subject}: ${NAMES[rule.signal]}${amount} ${verb(rule)}`;
}

function compared(rule: Rule): string {
  return `${COMPARED[rule.operator]} ${amountText(rule, rule.threshold)}`;
}

function verb({ signal }: Rule): string {
  return SEVERAL.has(signal) ? 'are' : 'is';
}

function amountText({ signal, unit }: Rule, value: number): string {
  return `${AMOUNTS[unit](value)}${signal === 'rps' ? '/s' : ''}`;
}
