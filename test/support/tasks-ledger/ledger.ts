import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from 'pg';
import { temporaryFolder } from '../temporary.ts';
import { hasKey, type SentTasks } from './sender.ts';

/** Three accounts of the same tasks, kept apart and compared: the senders', the books in PostgreSQL, the workers'. */
export interface TasksLedger {
  /** The keys of a service whose replicas write down what is delivered to them, with the database `main`. */
  readonly service: { readonly command: readonly string[]; readonly env: Record<string, string> };
  /** Tasks that have not ended. Throws while PostgreSQL does not answer. */
  open(): Promise<number>;
  account(sent: SentTasks): Promise<TasksAccount>;
}

export interface TasksAccount {
  readonly accepted: number;
  /** In the books, whoever knows of them. */
  readonly written: number;
  /** Ids that were answered with 202 and are not in the books, or not as the same task. */
  readonly lost: readonly string[];
  /** In the books, and not as succeeded with the result of their number. */
  readonly notSucceeded: readonly string[];
  /** Succeeded and never delivered. */
  readonly undelivered: readonly string[];
  /** Numbers sent with a key that are in the books more than once. */
  readonly twiceWithKey: readonly number[];
  /** Numbers sent without a key that are there more often than was answered: a 503 that had been written all the same. */
  readonly twiceWithoutKey: readonly number[];
  /** Numbers nobody knew about, and how many of them had been written. */
  readonly unknown: number;
  readonly unknownWritten: number;
  readonly deliveries: number;
  /** Deliveries of a task after its first. */
  readonly repeated: number;
  /** Why attempts did not succeed, and how often. */
  readonly errors: ReadonlyMap<string, number>;
}

/** `workMs`: how long a delivery takes. */
export function openTasksLedger(t: Pick<TestContext, 'after'>, workMs: number): TasksLedger {
  const folder = temporaryFolder(t);
  return {
    service: {
      command: [process.execPath, join(import.meta.dirname, 'worker.cjs')],
      env: { LEDGER: folder, WORK_MS: String(workMs) },
    },
    async open() {
      const rows = await ask<{ open: string }>(folder, OPEN);
      return Number(rows[0]?.open);
    },
    account: async (sent) => accountOf(sent, await ask<Row>(folder, ALL), deliveriesIn(folder)),
  };
}

/** What a test prints of it, a line each. */
export function linesOf(account: TasksAccount, { refusals }: SentTasks): readonly string[] {
  const counts = (of: ReadonlyMap<string, number>): string =>
    [...of].map(([what, count]) => `${what} ${count}`).join(', ') || 'none';
  return [
    `${account.accepted} tasks taken, ${account.written} in the books; refused or broken meanwhile: ${counts(refusals)}`,
    `${account.unknown} without a key whose connection broke, of which ${account.unknownWritten} had been written; ` +
      `written although refused: ${account.twiceWithoutKey.length}`,
    `${account.deliveries} deliveries, ${account.repeated} of them repetitions; ` +
      `lost ${account.lost.length}, not succeeded ${account.notSucceeded.length}`,
    ...[...account.errors].map(([error, count]) => `${count} attempts: ${error}`),
  ];
}

// Private

interface Row {
  readonly id: string;
  readonly state: string;
  readonly number: number;
  readonly answered: number | null;
  readonly errors: readonly string[];
}

const OPEN = "select count(*) as open from tidegate.tasks where state in ('queued', 'running')";
const ALL = `
select replace(id::text, '-', '') as id, state,
  (convert_from(body, 'UTF8')::json ->> 'number')::int as number,
  (convert_from(result_body, 'UTF8')::json ->> 'number')::int as answered,
  array(select (each ->> 'outcome') || ': ' || (each ->> 'error') from jsonb_array_elements(attempts) as each) as errors
from tidegate.tasks`;

async function ask<R extends object>(folder: string, query: string): Promise<readonly R[]> {
  const client = new Client({
    connectionString: readFileSync(join(folder, 'database-url'), 'utf8'),
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<R>(query)).rows;
  } finally {
    await client.end();
  }
}

/** Id → how often it was delivered. */
function deliveriesIn(folder: string): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.delivered'))) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)) {
      const [id = ''] = line.split(' ');
      times.set(id, (times.get(id) ?? 0) + 1);
    }
  }
  return times;
}

function accountOf(
  { accepted, unknown }: SentTasks,
  rows: readonly Row[],
  delivered: ReadonlyMap<string, number>,
): TasksAccount {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const written = countedBy(rows.map(({ number }) => number));
  const doubtful = new Set(unknown);
  const twice = [...written].filter(
    ([number, times]) => times > (accepted.has(number) || doubtful.has(number) ? 1 : 0),
  );
  const times = [...delivered.values()];
  return {
    accepted: accepted.size,
    written: rows.length,
    lost: [...accepted]
      .filter(([number, id]) => byId.get(id)?.number !== number)
      .map(([, id]) => id),
    notSucceeded: rows
      .filter(({ state, number, answered }) => state !== 'succeeded' || answered !== number)
      .map(({ id, state }) => `${id} ${state}`),
    undelivered: rows.filter(({ id }) => !delivered.has(id)).map(({ id }) => id),
    twiceWithKey: twice.map(([number]) => number).filter(hasKey),
    twiceWithoutKey: twice.map(([number]) => number).filter((number) => !hasKey(number)),
    unknown: unknown.length,
    unknownWritten: unknown.filter((number) => written.has(number)).length,
    deliveries: times.reduce((sum, each) => sum + each, 0),
    repeated: times.reduce((sum, each) => sum + each - 1, 0),
    errors: countedBy(rows.flatMap(({ errors }) => errors)),
  };
}

function countedBy<T>(all: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const each of all) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
}
