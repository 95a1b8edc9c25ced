import type { SecretRef } from './spec.ts';

/** What somebody is told about, resolved. */
export interface AlertsSpec {
  /** Those of the file, in its order. */
  readonly rules: readonly AlertSpec[];
  /** Of every signal of which `rules` say nothing; null: none. */
  readonly defaults: { readonly notify: AlertAddress | null } | null;
}

/** Where news of an alert are sent to; one that is not `insecure` is https, or of this machine. */
export interface AlertAddress {
  readonly url: string | SecretRef;
  readonly insecure: boolean;
}

export interface AlertSpec extends AlertCondition {
  readonly subject: AlertSubject;
  readonly forMs: number;
  /** Null: it is shown and logged. */
  readonly notify: AlertAddress | null;
}

export interface AlertCondition {
  readonly signal: AlertSignal;
  readonly operator: AlertOperator;
  /** ms, a fraction, bytes, or a plain number. */
  readonly threshold: number;
  readonly unit: AlertUnit;
}

/** `services`: every service of the file. */
export type AlertSubject =
  | { readonly kind: 'services' }
  | { readonly kind: 'gateway' }
  | { readonly kind: 'service' | 'database' | 'queue'; readonly name: string };

export type AlertUnit = 'time' | 'fraction' | 'size' | 'number';

export const OPERATORS = ['>=', '<=', '>', '<'] as const;
export type AlertOperator = (typeof OPERATORS)[number];

/** What can be watched of each kind of subject, and in which units. */
export const ALERT_SIGNALS = {
  service: {
    latency: ['time'],
    errors: ['fraction'],
    cpu: ['fraction'],
    memory: ['fraction', 'size'],
    rps: ['number'],
    concurrency: ['number'],
    queued: ['number'],
    eventLoopDelay: ['time'],
    backlog: ['number'],
    drainTime: ['time'],
    replicas: ['number'],
  },
  database: { connections: ['number', 'fraction'], memory: ['size'] },
  queue: { waiting: ['number'], oldest: ['time'], drainTime: ['time'] },
  gateway: { connections: ['number', 'fraction'], errors: ['fraction'] },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly AlertUnit[]>>>>;

export type WatchedKind = keyof typeof ALERT_SIGNALS;

export type AlertSignal = {
  [Kind in WatchedKind]: keyof (typeof ALERT_SIGNALS)[Kind];
}[WatchedKind];

/** The units in which a signal is watched; empty: this kind of subject has no such signal. */
export function unitsOf(kind: WatchedKind, signal: string): readonly AlertUnit[] {
  const signals: Readonly<Record<string, readonly AlertUnit[]>> = ALERT_SIGNALS[kind];
  return Object.hasOwn(signals, signal) ? (signals[signal] ?? []) : [];
}
