import type { SignalName } from '../signals/snapshot.ts';
import type { PolicyName } from '../spec/spec.ts';

/**
 * How many points of a signal become one. `mean`: over the points that have a value. `per-request`: the same, each
 * point counting as much as it had requests, because the number is one about requests. `max`: where the reader asks how
 * bad it got (memory, upper percentiles: a mean of those is no percentile of anything and would hide the peak).
 */
const RULES = {
  cpu: 'mean',
  memory: 'max',
  memoryBytes: 'max',
  latencyP50Ms: 'per-request',
  latencyP95Ms: 'max',
  latencyP99Ms: 'max',
  errors: 'per-request',
  concurrency: 'mean',
  rps: 'mean',
  queued: 'mean',
  eventLoopDelayMs: 'max',
  eventLoopUtilization: 'mean',
  backlog: 'mean',
  drainTimeMs: 'mean',
} as const satisfies Record<SignalName, 'mean' | 'max' | 'per-request'>;

/** A column of `samples` for each signal; a new signal needs a rule here and a migration that adds its column. */
export const SIGNAL_COLUMNS = Object.keys(RULES) as readonly SignalName[];

/** The column of what a policy beside the live one wanted. */
export const SHADOW_COLUMNS = {
  linear: 'shadowLinear',
  exponential: 'shadowExponential',
  target: 'shadowTarget',
  predictive: 'shadowPredictive',
  slo: 'shadowSlo',
} as const satisfies Record<PolicyName, string>;

/** Counts, and rates that are no signal: of those the mean is right. */
export const COUNT_COLUMNS: readonly string[] = [
  'ready',
  'desired',
  'arrivedRps',
  'forecastRps',
  'forecastMs',
  ...Object.values(SHADOW_COLUMNS),
];

/** SQL that makes one point of the rows of a group: each count, and each signal by its rule. */
export function combined(): string {
  const counts = COUNT_COLUMNS.map((name) => `${mean(name)} AS ${name}`);
  return [...counts, ...SIGNAL_COLUMNS.map((name) => `${byRule(name)} AS ${name}`)].join(', ');
}

// Private

function byRule(name: SignalName): string {
  if (RULES[name] === 'max') return `max(${name})`;
  return RULES[name] === 'mean' ? mean(name) : perRequest(name);
}

function mean(name: string): string {
  return `sum(${name} * weight) / sum(weight) FILTER (WHERE ${name} IS NOT NULL)`;
}

/** Without a request in any of them, or without the rate, every point counts the same. */
function perRequest(name: string): string {
  const requests = `sum(weight * rps) FILTER (WHERE ${name} IS NOT NULL)`;
  return `coalesce(sum(${name} * weight * rps) / nullif(${requests}, 0), ${mean(name)})`;
}
