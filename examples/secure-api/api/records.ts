import { database } from '../shared/database.ts';
import { cache } from './cache.ts';

export interface StoredRecord {
  readonly id: number;
  readonly title: string;
  readonly value: number;
}

interface Found {
  /** Null: there is none. */
  readonly record: StoredRecord | null;
  readonly from: 'cache' | 'database';
}

const TTL_SECONDS = 600;

/** One key for all replicas: a counter in each of them would show a third of the truth. */
export const STATISTICS = 'statistics';
export const RECORDS = 'record:';

/** Redis first; what it does not know PostgreSQL does, and Redis is told for the next ten minutes. */
export async function findRecord(id: number): Promise<Found> {
  const kept = await whileThere(async () => cache().get(`${RECORDS}${id}`));
  if (typeof kept === 'string') {
    await count('hits');
    return { record: JSON.parse(kept) as StoredRecord | null, from: 'cache' };
  }
  const { rows } = await database().query<StoredRecord>(
    'select id, title, value from records where id = $1',
    [id],
  );
  const record = rows[0] ?? null;
  await whileThere(async () =>
    cache().set(`${RECORDS}${id}`, JSON.stringify(record), {
      expiration: { type: 'EX', value: TTL_SECONDS },
    }),
  );
  await count('misses');
  return { record, from: 'database' };
}

async function count(what: 'hits' | 'misses'): Promise<void> {
  await whileThere(async () => cache().hIncrBy(STATISTICS, what, 1));
}

/** A cache that is not there makes things slower, and that is all. */
async function whileThere<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (thrown) {
    console.error(`Redis: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return null;
  }
}
