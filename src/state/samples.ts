import type { SignalName } from '../signals/snapshot.ts';
import type { PolicyName } from '../spec/spec.ts';
import { bucketStart, RESOLUTIONS, RAW_MS, resolutionFor } from './resolution.ts';
import { combined, COUNT_COLUMNS, SHADOW_COLUMNS, SIGNAL_COLUMNS } from './rollup.ts';
import type { Row, Sql } from './sql.ts';
import type { WriteBehind } from './write-behind.ts';

/** One point of a service's history. */
export interface SampleRow {
  readonly service: string;
  /** ms since the epoch; of a coarser row, the start of its span. */
  readonly at: number;
  readonly ready: number;
  readonly desired: number;
  readonly signals: Readonly<Partial<Record<SignalName, number | null>>>;
  /** Requests a second since the sample before, with those that the gateway refused: `signals.rps` is a mean over a window, without. Null: not known. */
  readonly arrivedRps?: number | null;
  /** What was expected then: so many requests a second at most, until so long after. Absent: nothing was. */
  readonly forecast?: { readonly rps: number; readonly aheadMs: number };
  /** What policies beside the live one wanted. Absent: there was none. */
  readonly shadows?: Readonly<Partial<Record<PolicyName, number>>>;
}

/** Kept 1 s for 2 h, 10 s for 2 days, 1 min for 60 days. */
export interface SampleStore {
  /** On the disk within seconds. */
  add(row: SampleRow): void;
  /**
   * Oldest first, at the finest resolution still kept for the span; more than `limit` points are combined evenly, so
   * that no peak is lost. `ready` and `desired` of a combined point are means and may be broken numbers.
   */
  range(service: string, from: number, to: number, limit: number): readonly SampleRow[];
  /** Oldest first, as they stand at this resolution (`RESOLUTIONS`), what was measured alone; `to` is exclusive. */
  stored(service: string, spanMs: number, from: number, to: number): readonly StoredRow[];
  /** By the minute, oldest first; what is not there was not wanted by this policy then. `to` is exclusive. */
  wantedBeside(service: string, policy: PolicyName, from: number, to: number): readonly Wanted[];
  /** Null: nothing is kept of it at this resolution. */
  oldestAt(service: string, spanMs: number): number | null;
}

export type StoredRow = Pick<SampleRow, 'at' | 'ready' | 'signals' | 'arrivedRps'>;

/** Replicas that were wanted in one minute: by the service, and by one policy beside its own. */
export interface Wanted {
  readonly at: number;
  readonly live: number;
  readonly shadow: number;
}

export interface SweptSampleStore extends SampleStore {
  /** Closes spans that are over and throws away what is older than kept; inside the caller's transaction. */
  sweep(now: number): void;
}

export function createSampleStore(
  sql: Sql,
  behind: WriteBehind,
  now: () => number,
): SweptSampleStore {
  const newestOf = (service: string): number | null =>
    sql.one(NEWEST, service, RAW_MS)?.['at'] as number | null;

  /**
   * Rolls up the spans of `at` that `other` lies beyond. Always from the finest rows, which are kept far longer than
   * the longest span is: a span may be closed again when the clock was set back, or when a killed process could not.
   */
  const close = (service: string, at: number, other: number): void => {
    for (const { spanMs } of RESOLUTIONS) {
      const start = bucketStart(at, spanMs);
      if (spanMs === RAW_MS || start === bucketStart(other, spanMs)) continue;
      sql.run(ROLL_UP, spanMs, start, service, RAW_MS, start, start + spanMs);
    }
  };

  const add = (row: SampleRow): void => {
    const newest = newestOf(row.service) ?? row.at;
    const signals = SIGNAL_COLUMNS.map((name) => row.signals[name] ?? null);
    const { ready, desired, arrivedRps = null, forecast, shadows = {} } = row;
    const expected = [forecast?.rps ?? null, forecast?.aheadMs ?? null];
    const counts = [ready, desired, arrivedRps, ...expected];
    const wanted = SHADOWED.map((policy) => shadows[policy] ?? null);
    sql.run(ADD, row.service, RAW_MS, row.at, ...counts, ...wanted, ...signals);
    close(row.service, Math.min(newest, row.at), Math.max(newest, row.at));
  };

  return {
    add(row) {
      behind.later(() => add(row));
    },
    range(service, from, to, limit) {
      behind.flush();
      const { spanMs } = resolutionFor(from, now());
      const span = [service, spanMs, from, to] as const;
      const extent = sql.one(EXTENT, ...span);
      const count = Number(extent?.['count'] ?? 0);
      if (count === 0 || limit < 1) return [];
      const first = Number(extent?.['first']);
      const lengthMs = Number(extent?.['last']) - first + 1;
      const widthMs = count <= limit ? 1 : Math.ceil(lengthMs / limit);
      return sql.all(RANGE, ...span, first, widthMs).map(fromRow);
    },
    stored(service, spanMs, from, to) {
      behind.flush();
      return sql.all(STORED, service, spanMs, from, to).map(fromStored);
    },
    wantedBeside(service, policy, from, to) {
      behind.flush();
      const rows = sql.all(WANTED[policy], service, LONGEST_MS, from, to);
      return rows as unknown as readonly Wanted[];
    },
    oldestAt(service, spanMs) {
      behind.flush();
      return (sql.one(OLDEST, service, spanMs)?.['at'] ?? null) as number | null;
    },
    sweep(now) {
      for (const { service } of sql.all(SERVICES) as { service: string }[]) {
        const newest = newestOf(service);
        if (newest !== null) close(service, newest, now);
        for (const { spanMs, keepMs } of RESOLUTIONS)
          sql.run(FORGET, service, spanMs, bucketStart(now - keepMs, LONGEST_MS));
      }
    },
  };
}

// Private

/** Rows go by whole spans of the coarsest resolution: half a span must never be rolled up again as if it were all. */
const LONGEST_MS = Math.max(...RESOLUTIONS.map(({ spanMs }) => spanMs));

const SHADOWED = Object.keys(SHADOW_COLUMNS) as readonly PolicyName[];
const COLUMNS = [...COUNT_COLUMNS, ...SIGNAL_COLUMNS].join(', ');
const COMBINED = combined();

/** A hundred thousand rows are read after a start, and it is the columns that take the time. */
const LEARNED_FROM = [
  'rps',
  'concurrency',
  'queued',
  'latencyP50Ms',
  'latencyP95Ms',
  'latencyP99Ms',
  'errors',
  'cpu',
] as const satisfies readonly SignalName[];

// The same service twice in one millisecond: the later one counts.
const ADD = `
INSERT OR REPLACE INTO samples (service, resolution_ms, at, weight, ${COLUMNS})
VALUES (?, ?, ?, 1, ${COLUMNS.replace(/\w+/g, '?')})`;

const ROLL_UP = `
INSERT OR REPLACE INTO samples (service, resolution_ms, at, weight, ${COLUMNS})
SELECT service, ?, ?, sum(weight), ${COMBINED} FROM samples
WHERE service = ? AND resolution_ms = ? AND at >= ? AND at < ? GROUP BY service`;

const NEWEST = 'SELECT max(at) AS at FROM samples WHERE service = ? AND resolution_ms = ?';

const OLDEST = 'SELECT min(at) AS at FROM samples WHERE service = ? AND resolution_ms = ?';

const STORED = `
SELECT at, ready, arrivedRps, ${LEARNED_FROM.join(', ')} FROM samples
WHERE service = ? AND resolution_ms = ? AND at >= ? AND at < ? ORDER BY at`;

/** A day of it is read for each shadow when it goes on, and whole rows of a day take tens of milliseconds. */
const WANTED = Object.fromEntries(
  Object.entries(SHADOW_COLUMNS).map(([policy, column]) => [
    policy,
    `
SELECT at, desired AS live, ${column} AS shadow FROM samples
WHERE service = ? AND resolution_ms = ? AND at >= ? AND at < ? AND ${column} IS NOT NULL ORDER BY at`,
  ]),
) as Record<PolicyName, string>;

const EXTENT = `
SELECT count(*) AS count, min(at) AS first, max(at) AS last FROM samples
WHERE service = ? AND resolution_ms = ? AND at BETWEEN ? AND ?`;

const RANGE = `
SELECT service, min(at) AS at, ${COMBINED} FROM samples
WHERE service = ? AND resolution_ms = ? AND at BETWEEN ? AND ?
GROUP BY CAST((at - ?) / ? AS INTEGER) ORDER BY 2`;

/** From name to name, as DISTINCT would read every row. */
const SERVICES = `
WITH RECURSIVE names (service) AS (
  SELECT min(service) FROM samples
  UNION ALL
  SELECT (SELECT min(service) FROM samples WHERE service > names.service) FROM names
  WHERE names.service IS NOT NULL
)
SELECT service FROM names WHERE service IS NOT NULL`;

const FORGET = 'DELETE FROM samples WHERE service = ? AND resolution_ms = ? AND at < ?';

/** The row itself has the signals under their names. */
function fromStored(row: Row): StoredRow {
  return {
    at: row['at'] as number,
    ready: row['ready'] as number,
    arrivedRps: row['arrivedRps'] as number | null,
    signals: row,
  };
}

function fromRow(row: Row): SampleRow {
  const { forecastRps, forecastMs } = row as Record<string, number | null>;
  const shadows = shadowsOf(row);
  return {
    service: row['service'] as string,
    at: row['at'] as number,
    ready: row['ready'] as number,
    desired: row['desired'] as number,
    signals: Object.fromEntries(SIGNAL_COLUMNS.map((name) => [name, row[name] as number | null])),
    arrivedRps: row['arrivedRps'] as number | null,
    ...(typeof forecastRps === 'number' && {
      forecast: { rps: forecastRps, aheadMs: forecastMs ?? 0 },
    }),
    ...(shadows && { shadows }),
  };
}

function shadowsOf(row: Row): SampleRow['shadows'] | null {
  const wanted = SHADOWED.flatMap((policy) => {
    const count = row[SHADOW_COLUMNS[policy]];
    return typeof count === 'number' ? [[policy, count] as const] : [];
  });
  return wanted.length === 0 ? null : Object.fromEntries(wanted);
}
