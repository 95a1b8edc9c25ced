import type {
  AlertAddress,
  AlertCondition,
  AlertsSpec,
  AlertSignal,
  WatchedKind,
} from './alerts.ts';
import { conditionText } from './condition.ts';

/** One condition of one subject, ready to be judged. */
export interface AlertRule extends AlertCondition {
  /** `api.latency > 2s`; `#2` behind it where it stands a second time. */
  readonly id: string;
  readonly kind: WatchedKind;
  /** The name of the service, database or queue; `gateway`. */
  readonly subject: string;
  readonly forMs: number;
  readonly notify: AlertAddress | null;
  readonly byDefault: boolean;
}

export interface Watched {
  /** The user's own. */
  readonly services: readonly string[];
  /** Those that we start. */
  readonly databases: readonly string[];
}

/** Every rule of the file for each it is about, then the defaults of which the file says nothing. */
export function alertRules(alerts: AlertsSpec, watched: Watched): readonly AlertRule[] {
  const written = alerts.rules.flatMap(({ subject, ...rule }) => {
    const of = (kind: WatchedKind, name: string): Unnamed => ({
      ...rule,
      kind,
      subject: name,
      byDefault: false,
    });
    if (subject.kind === 'services') return watched.services.map((name) => of('service', name));
    if (subject.kind === 'gateway') return [of('gateway', 'gateway')];
    return [of(subject.kind, subject.name)];
  });
  const said = new Set(written.map(aboutOf));
  const defaults = alerts.defaults ? defaultRules(watched, alerts.defaults.notify) : [];
  return named([...written, ...defaults.filter((rule) => !said.has(aboutOf(rule)))]);
}

// Private

type Unnamed = Omit<AlertRule, 'id'>;

const MINUTE = 60_000;

type Default = readonly [AlertSignal, AlertCondition['unit'], threshold: number, forMs: number];

/** What is wrong whatever a service does. */
const DEFAULTS: Readonly<Record<'service' | 'database' | 'gateway', readonly Default[]>> = {
  service: [
    ['latency', 'time', 2_000, MINUTE],
    ['errors', 'fraction', 0.1, MINUTE],
    ['cpu', 'fraction', 0.9, 5 * MINUTE],
    ['memory', 'fraction', 0.95, MINUTE],
  ],
  database: [['connections', 'fraction', 0.8, MINUTE]],
  gateway: [['connections', 'fraction', 0.8, MINUTE]],
};

function defaultRules(
  { services, databases }: Watched,
  notify: AlertAddress | null,
): readonly Unnamed[] {
  const of = (kind: keyof typeof DEFAULTS, subject: string): readonly Unnamed[] =>
    DEFAULTS[kind].map(([signal, unit, threshold, forMs]) => {
      const condition = { signal, unit, threshold, operator: '>' } as const;
      return { ...condition, kind, subject, forMs, notify, byDefault: true };
    });
  return [
    ...services.flatMap((name) => of('service', name)),
    ...databases.flatMap((name) => of('database', name)),
    ...of('gateway', 'gateway'),
  ];
}

function aboutOf({ kind, subject, signal }: Unnamed): string {
  return `${kind} ${subject} ${signal}`;
}

function named(rules: readonly Unnamed[]): readonly AlertRule[] {
  const times = new Map<string, number>();
  return rules.map((rule) => {
    const text = `${rule.subject}.${conditionText(rule)}`;
    const time = (times.get(text) ?? 0) + 1;
    times.set(text, time);
    return { ...rule, id: time === 1 ? text : `${text} #${time}` };
  });
}
