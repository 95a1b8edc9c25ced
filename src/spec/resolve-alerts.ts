import { resolve } from 'node:path';
import type { AlertAddress, AlertSpec, AlertSubject, AlertsSpec, WatchedKind } from './alerts.ts';
import { ALERT_SIGNALS, unitsOf } from './alerts.ts';
import { addressProblem } from './alert-address.ts';
import type { WrittenCondition } from './condition.ts';
import { amountRule, parseAmount, parseCondition } from './condition.ts';
import { nearest } from './nearest.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import type { Config } from './schema/config.ts';
import type { QueueSpec } from './tasks.ts';

type GivenAlert = Exclude<NonNullable<Config['alerts']>, false>[number];

/** What there is to be watched, by kind. */
interface There {
  readonly config: Config;
  readonly queues: Readonly<Record<string, QueueSpec>>;
  readonly report: Report;
}

/** `alerts`, with the condition of each understood. */
export function resolveAlerts(
  config: Config,
  queues: Readonly<Record<string, QueueSpec>>,
  folder: string,
  report: Report,
): AlertsSpec {
  if (config.alerts === false) return { rules: [], defaults: null };
  if ((config.alerts?.length ?? 0) > MOST)
    report(['alerts'], `must have ${MOST} conditions at most`, { withoutValue: true });
  const there: There = { config, queues, report };
  const given = (config.alerts ?? []).map((alert, index) => ({ alert, path: ['alerts', index] }));
  for (const { alert, path } of given) checkParts(alert, path, report);
  const about = given.filter(({ alert }) => alert.defaults !== undefined);
  for (const { path } of about.slice(1))
    report([...path, 'defaults'], 'must stand once', { withoutValue: true });
  const defaults = about[0]?.alert;
  return {
    rules: given.flatMap(({ alert, path }) => ruleOf(alert, path, folder, there) ?? []),
    defaults: defaults?.defaults === false ? null : { notify: addressOf(defaults ?? {}, folder) },
  };
}

// Private

/** So many, of many services, are still judged in no time. */
const MOST = 100;

function checkParts(alert: GivenAlert, path: Path, report: Report): void {
  const { when, defaults } = alert;
  if (when === undefined && defaults === undefined) {
    report([...path, 'when'], "is missing: it must be a condition such as 'api.latency > 2s'", {
      dependsOn: [path],
    });
  }
  const beside = defaults === undefined ? [] : (['when', 'for'] as const);
  for (const key of beside.filter((each) => alert[each] !== undefined))
    report([...path, key], 'must not stand beside defaults', { withoutValue: true });
  if (defaults === false && alert.notify !== undefined) {
    report([...path, 'notify'], 'must not stand beside defaults: false, of which nobody is told', {
      withoutValue: true,
    });
  }
  const problem = typeof alert.notify === 'string' ? addressProblem(alert.notify, alert) : null;
  if (problem === null) return;
  report([...path, 'notify'], `must ${problem}`, {
    dependsOn: [
      [...path, 'notify'],
      [...path, 'insecure'],
    ],
  });
}

function addressOf({ notify, insecure }: GivenAlert, folder: string): AlertAddress | null {
  if (notify === undefined) return null;
  const isFile = typeof notify === 'object' && 'file' in notify;
  const url = isFile ? { file: resolve(folder, notify.file) } : notify;
  return { url, insecure: insecure ?? false };
}

function ruleOf(alert: GivenAlert, above: Path, folder: string, there: There): AlertSpec | null {
  if (alert.when === undefined) return null;
  const path = [...above, 'when'];
  const written = parseCondition(alert.when);
  if (!written) {
    there.report(
      path,
      "must be a condition such as 'api.latency > 2s': who, a dot, a signal, one of > >= < <=, and a value",
    );
    return null;
  }
  const subject = subjectOf(written, path, there);
  if (!subject) return null;
  const { signal, operator } = written;
  const units = unitsOf(kindOf(subject), signal);
  const amount = parseAmount(written.amount, units);
  if (!amount) {
    there.report(path, `must compare ${signal} with ${amountRule(units)}`);
    return null;
  }
  const rule = { ...amount, signal: signal as AlertSpec['signal'], operator, subject };
  checkMeasured(rule, path, there);
  return { ...rule, forMs: alert.for ?? 0, notify: addressOf(alert, folder) };
}

/** A name may be that of a service and of a database: the signal decides, or what stands before the name. */
function subjectOf(written: WrittenCondition, path: Path, there: There): AlertSubject | null {
  const { signal } = written;
  const known = knownSubjects(there);
  const named = known.filter(({ names }) => names.includes(written.subject));
  const dependsOn = [
    path,
    ...['services', 'databases', 'tasks'].map((key) => [key, written.subject]),
  ];
  if (named.length === 0) {
    const names = known.flatMap((each) => each.names.slice(0, 1));
    const meant = nearest(written.subject, names);
    there.report(path, `must begin with one of ${names.join(', ')}`, {
      nearest: meant === undefined ? undefined : textOf({ ...written, subject: meant }),
      dependsOn,
    });
    return null;
  }
  const [fitting, other] = named.filter(
    ({ subject }) => unitsOf(kindOf(subject), signal).length > 0,
  );
  if (!fitting) {
    const signals = [
      ...new Set(named.flatMap(({ subject }) => Object.keys(ALERT_SIGNALS[kindOf(subject)]))),
    ];
    const meant = nearest(signal, signals);
    there.report(path, `must name a signal of ${written.subject}: ${signals.join(', ')}`, {
      nearest: meant === undefined ? undefined : textOf({ ...written, signal: meant }),
    });
    return null;
  }
  if (other) {
    const full = [fitting, other].map(({ names }) => names.at(-1)).join(' or ');
    there.report(path, `must say which ${written.subject} is meant: ${full}`, { dependsOn });
    return null;
  }
  return fitting.subject;
}

/** Each under its name, and under the one that is no other's. */
function knownSubjects({ config, queues }: There) {
  const each = (
    kind: 'service' | 'database' | 'queue',
    section: string,
    names: readonly string[],
  ): { readonly subject: AlertSubject; readonly names: readonly string[] }[] =>
    names.map((name) => ({ subject: { kind, name }, names: [name, `${section}.${name}`] }));
  return [
    ...each('service', 'services', Object.keys(config.services)),
    ...each('database', 'databases', Object.keys(config.databases ?? {})),
    ...each('queue', 'queues', Object.keys(queues)),
    { subject: { kind: 'gateway' } as AlertSubject, names: ['gateway'] },
    { subject: { kind: 'services' } as AlertSubject, names: ['*'] },
  ];
}

function kindOf({ kind }: AlertSubject): WatchedKind {
  return kind === 'services' ? 'service' : kind;
}

function textOf({ subject, signal, operator, amount }: WrittenCondition): string {
  return `${subject}.${signal} ${operator} ${amount}`;
}

/** A condition that can never hold, because nothing measures it, is a mistake. */
function checkMeasured(
  { subject, signal, unit }: Pick<AlertSpec, 'subject' | 'signal' | 'unit'>,
  path: Path,
  { config, queues, report }: There,
): void {
  if (subject.kind === 'database' && signal === 'memory') {
    const database = config.databases?.[subject.name];
    if (database?.kind === 'postgres' && database.url !== undefined) {
      report(path, `must be another signal: a PostgreSQL at an address does not tell its memory`, {
        dependsOn: [path, ['databases', subject.name]],
      });
    }
  }
  if (subject.kind !== 'service') return;
  const service = config.services[subject.name];
  const at = ['services', subject.name];
  if (signal === 'memory' && unit === 'fraction' && service?.resources?.memory === undefined) {
    report(
      path,
      `must be a size such as 400MB: ${subject.name} has no resources.memory to be a fraction of`,
      {
        dependsOn: [path, [...at, 'resources', 'memory']],
      },
    );
  }
  const works = Object.values(queues).some((queue) => queue.service === subject.name);
  if ((signal === 'backlog' || signal === 'drainTime') && !works && !service?.signals?.backlog) {
    report(path, `must be another signal: ${subject.name} works off no queue`, {
      dependsOn: [path, [...at, 'signals'], ['tasks']],
    });
  }
}
