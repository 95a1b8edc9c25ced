import { humanBytes } from '../kit/bytes.ts';
import { humanDuration } from '../kit/duration.ts';
import type { SignalName } from '../signals/snapshot.ts';
import type { Reason } from './decision.ts';
import { milliseconds, number, percent } from './quantity-words.ts';

/** `p95 latency 1.4 s`, `requests 3/s a replica`. */
export function amount(signal: SignalName, value: number): string {
  const { label, per = '' } = SIGNALS[signal];
  return `${label} ${bare(signal, value)}${per}`;
}

/** The value of a signal in its unit: `1.4 s`. */
export function bare(signal: SignalName, value: number): string {
  return SIGNALS[signal].show(value);
}

/** Of a rule that asks for nothing; null: no threshold on that side. */
export function between(
  signal: SignalName,
  value: number,
  low: number | null,
  high: number | null,
): string {
  if (low === null) return `${amount(signal, value)} is not above ${bare(signal, high ?? 0)}`;
  if (high === null) return `${amount(signal, value)} is not below ${bare(signal, low)}`;
  return `${amount(signal, value)} is between ${bare(signal, low)} and ${bare(signal, high)}`;
}

/** A signal whose source is silent. */
export function missingText(signal: SignalName, silentMs: number | null): string {
  const { label, source } = SIGNALS[signal];
  return silentMs === null
    ? `${label}: no data from the ${SOURCES[source]} yet`
    : `${label}: ${SOURCES[source]} silent for ${humanDuration(silentMs)}`;
}

/** A rule that is not applicable. */
export function skippedText(reason: Extract<Reason, { readonly kind: 'skipped' }>): string {
  return `${SIGNALS[reason.signal].label}: ${nothingToMeasure(reason)}, rule skipped`;
}

// Private

interface Wording {
  readonly label: string;
  readonly show: (value: number) => string;
  readonly source: 'traffic' | 'replicas' | 'queue';
  /** Shown behind the value: what it is stated per. */
  readonly per?: string;
}

const SIGNALS: Readonly<Record<SignalName, Wording>> = {
  cpu: { label: 'cpu', show: percent, source: 'replicas' },
  memory: { label: 'memory', show: percent, source: 'replicas' },
  memoryBytes: { label: 'memory', show: humanBytes, source: 'replicas' },
  latencyP50Ms: { label: 'p50 latency', show: milliseconds, source: 'traffic' },
  latencyP95Ms: { label: 'p95 latency', show: milliseconds, source: 'traffic' },
  latencyP99Ms: { label: 'p99 latency', show: milliseconds, source: 'traffic' },
  errors: { label: 'errors', show: percent, source: 'traffic' },
  concurrency: { label: 'concurrency', show: number, source: 'traffic', per: ' a replica' },
  rps: { label: 'requests', show: number, source: 'traffic', per: '/s a replica' },
  queued: { label: 'requests waiting', show: number, source: 'traffic' },
  eventLoopDelayMs: { label: 'event-loop delay', show: milliseconds, source: 'replicas' },
  eventLoopUtilization: { label: 'event-loop utilisation', show: percent, source: 'replicas' },
  backlog: { label: 'backlog', show: number, source: 'queue' },
  drainTimeMs: { label: 'time to drain', show: milliseconds, source: 'queue' },
};

const SOURCES = {
  traffic: 'traffic source',
  replicas: 'replica measurements',
  queue: 'queue',
} as const;

function nothingToMeasure({
  signal,
  windowMs,
  requests,
  unset,
  otherCount,
}: Extract<Reason, { readonly kind: 'skipped' }>): string {
  if (unset) return `${signal === 'memory' ? 'resources.memory' : 'it'} is not set`;
  if (otherCount) return 'not known for another count than the live one';
  switch (SIGNALS[signal].source) {
    case 'traffic': {
      const window = `in the last ${humanDuration(windowMs)}`;
      if (requests === undefined) return `no requests ${window}`;
      const percentile = SIGNALS[signal].label.split(' ')[0];
      return `only ${requests} ${requests === 1 ? 'request' : 'requests'} ${window}: too few for a ${percentile}`;
    }
    case 'queue':
      return signal === 'drainTimeMs'
        ? 'no queue, or how fast it is worked off is not known yet'
        : 'no queue';
    case 'replicas':
      break;
  }
  return signal === 'eventLoopDelayMs' ? 'no Node replica reports it' : 'no replica is ready';
}
