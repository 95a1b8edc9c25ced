import { resolve } from 'node:path';
import type { DatabaseSpec } from './databases.ts';
import { nearest } from './nearest.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import { URL_RULE, fits, listed, namesOf } from './resolve-databases.ts';
import type { Config } from './schema/config.ts';
import type { SecretRef } from './spec.ts';
import type { BacklogSource, DatabaseRef, QueueSpec } from './tasks.ts';

/** The queue that a service works off: the one it names, or else its own in `tasks`; null: none. */
export function resolveBacklog(
  name: string,
  config: Config,
  queues: Readonly<Record<string, QueueSpec>>,
  folder: string,
  report: Report,
): BacklogSource | null {
  const given = config.services[name]?.signals?.backlog;
  const at = ['services', name, 'signals', 'backlog'];
  if (given === undefined) {
    const own = Object.values(queues).filter(({ service }) => service === name);
    return own.length === 0 ? null : { kind: 'queues', queues: own.map((queue) => queue.name) };
  }
  if ('http' in given) {
    if (!/^https?:\/\//.test(given.http) || !URL.canParse(given.http)) {
      report([...at, 'http'], "must be an address that begins with 'http://' or 'https://'", {
        withoutValue: true,
      });
    }
    return { kind: 'http', address: given.http, path: given.path?.split('.') ?? [] };
  }
  if ('sql' in given) {
    const from = serverOf(given, 'postgres', at, config, folder, report);
    return { kind: 'sql', query: given.sql, from };
  }
  const from = serverOf(given, 'redis', at, config, folder, report);
  return { kind: 'redis-list', list: given.redisList, from };
}

/** Rules that look at a queue need one. */
export function checkBacklogRules(name: string, { services }: Config, report: Report): void {
  const scale = services[name]?.scale ?? {};
  const keys: readonly (readonly [key: readonly string[], value: unknown])[] = [
    [['target', 'drainTime'], scale.target?.drainTime],
    [['target', 'backlog'], scale.target?.backlog],
    [['up', 'backlog'], scale.up?.backlog],
    [['down', 'backlog'], scale.down?.backlog],
  ];
  for (const [key, value] of keys) {
    if (value === undefined || value === false) continue;
    const path = ['services', name, 'scale', ...key];
    report(
      path,
      `needs a queue that ${name} works off: have one in tasks.queues with service: '${name}', or say where to look in signals: { backlog }`,
      {
        withoutValue: true,
        dependsOn: [path, ['services', name, 'signals'], ['tasks'], ['gateway', 'routes']],
      },
    );
  }
}

// Private

const KINDS = { postgres: 'PostgreSQL', redis: 'Redis' } as const;

function serverOf(
  { url, database }: { url?: string | SecretRef | undefined; database?: string | undefined },
  kind: DatabaseSpec['kind'],
  at: Path,
  config: Config,
  folder: string,
  report: Report,
): DatabaseRef {
  const there = namesOf(config, kind);
  if (url !== undefined) {
    const path = [...at, 'url'];
    if (database !== undefined)
      report(path, 'must not stand beside database: one of them is enough');
    if (typeof url === 'string' && !fits(kind, url)) report(path, URL_RULE[kind]);
    const absolute =
      typeof url === 'object' && 'file' in url ? { file: resolve(folder, url.file) } : url;
    return { kind: 'url', url: absolute };
  }
  const path = [...at, 'database'];
  if (database === undefined && there.length !== 1) {
    report(
      [...at, there.length === 0 ? 'url' : 'database'],
      `is missing: it must say which ${KINDS[kind]} is asked${there.length === 0 ? ', for databases has none' : listed(there)}`,
      { dependsOn: [[...at, 'url'], path, ['databases']] },
    );
  } else if (database !== undefined && !there.includes(database)) {
    report(path, `must be a ${KINDS[kind]} of databases${listed(there)}`, {
      nearest: nearest(database, there),
      dependsOn: [path, ['databases']],
    });
  }
  return { kind: 'database', name: database ?? there[0] ?? '' };
}
