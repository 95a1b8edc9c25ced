import { resolve } from 'node:path';
import { urlVariable } from './databases.ts';
import type { DatabaseSpec } from './databases.ts';
import { nearest } from './nearest.ts';
import type { Report } from './report.ts';
import { hasTasks } from './resolve-queues.ts';
import type { Config } from './schema/config.ts';
import type { SecretRef } from './spec.ts';

/** The PostgreSQL that `tasks` gets where `databases` has none. */
const IMPLICIT = 'tasks';

/** `databases`, and the one that tasks need where it has none. */
export function resolveDatabases(
  config: Config,
  folder: string,
  report: Report,
): Readonly<Record<string, DatabaseSpec>> {
  const given = Object.entries(config.databases ?? {});
  for (const [name, database] of given) {
    checkName(name, config, report);
    checkUrl(name, database, report);
  }
  const own = given.map(([name, { kind, url }]): DatabaseSpec => {
    return { name, kind, url: url === undefined ? null : absolute(url, folder), implicit: false };
  });
  const lacking = hasTasks(config) && namesOf(config, 'postgres').length === 0;
  const implicit: DatabaseSpec = { name: IMPLICIT, kind: 'postgres', url: null, implicit: true };
  if (lacking && given.some(([name]) => name === IMPLICIT)) {
    report(
      ['databases', IMPLICIT],
      'must have another name: the PostgreSQL that tasks need, of which there is none here, is called so',
      { withoutValue: true },
    );
  }
  return Object.fromEntries(
    [...own, ...(lacking ? [implicit] : [])].map((database) => [database.name, database]),
  );
}

/** The database that holds queues and results. */
export function tasksDatabase(config: Config, report: Report): string {
  const path = ['tasks', 'database'];
  const there = namesOf(config, 'postgres');
  const named = config.tasks?.database;
  if (named !== undefined) {
    const kind = config.databases?.[named]?.kind;
    if (kind === 'redis') {
      report(path, 'must be a PostgreSQL: this one is a Redis', {
        dependsOn: [path, ['databases', named]],
      });
    } else if (kind === undefined) {
      report(path, `must be one of databases${listed(there)}`, {
        nearest: nearest(named, there),
        dependsOn: [path, ['databases', named]],
      });
    }
    return named;
  }
  if (there.length > 1) {
    report(path, `is missing: it must say which PostgreSQL holds the tasks${listed(there)}`, {
      dependsOn: [path, ['databases']],
    });
  }
  return there[0] ?? IMPLICIT;
}

/** The names of the user's databases of a kind. */
export function namesOf({ databases = {} }: Config, kind: DatabaseSpec['kind']): readonly string[] {
  return Object.keys(databases).filter((name) => databases[name]?.kind === kind);
}

/** ` (there is main, archive)`; nothing where there is none. */
export function listed(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (there is ${names.join(', ')})`;
}

/** Whether an address is one of a server of this kind. */
export function fits(kind: DatabaseSpec['kind'], url: string): boolean {
  return SCHEMES[kind].test(url) && URL.canParse(url);
}

/** What `fits` asks for, in words. */
export const URL_RULE: Readonly<Record<DatabaseSpec['kind'], string>> = {
  postgres: "must be an address such as 'postgres://user@host:5432/name', or a secret",
  redis: "must be an address such as 'redis://host:6379', or a secret",
};

// Private

const SCHEMES = { postgres: /^postgres(?:ql)?:\/\//, redis: /^rediss?:\/\// } as const;

function checkName(name: string, config: Config, report: Report): void {
  const path = ['databases', name];
  const variable = urlVariable(name);
  if (variable.startsWith('TIDEGATE_')) {
    report(path, `must have another name: ${variable} is one of Tidegate's own variables`, {
      withoutValue: true,
    });
  }
  for (const [service, { env = {} }] of Object.entries(config.services)) {
    if (!Object.hasOwn(env, variable)) continue;
    const at = ['services', service, 'env', variable];
    report(at, `must not be set: replicas find the address of databases.${name} in it`, {
      dependsOn: [at, path],
    });
  }
}

function checkUrl(
  name: string,
  { kind, url }: NonNullable<Config['databases']>[string],
  report: Report,
): void {
  if (typeof url !== 'string' || fits(kind, url)) return;
  const path = ['databases', name, 'url'];
  report(path, URL_RULE[kind], { dependsOn: [path, ['databases', name, 'kind']] });
}

function absolute(url: string | SecretRef, folder: string): string | SecretRef {
  return typeof url === 'object' && 'file' in url ? { file: resolve(folder, url.file) } : url;
}
