import { database } from '../shared/database.ts';

export interface Status {
  /** Tasks that were taken, and are still kept: a week, or a month those that failed. */
  readonly totalRequests: number;
  /** Replicas that finished something in the last ten seconds: no task here takes longer. */
  readonly activeWorkers: number;
  readonly queueLength: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  /** What the workers have stored themselves. */
  readonly results: number;
  /** Of the last minute; null: nothing ended. */
  readonly processingMs: {
    readonly avg: number | null;
    readonly p50: number | null;
    readonly p95: number | null;
  };
}

/** As the tables say: those of Tidegate may be read like any others. */
export async function status(): Promise<Status> {
  const [counted, lately, stored] = await Promise.all([
    one(`select count(*)::float8 as requests, count(*) filter (where state = 'queued')::float8 as queued,
        count(*) filter (where state = 'running')::float8 as running,
        count(*) filter (where state = 'succeeded')::float8 as succeeded,
        count(*) filter (where state = 'failed')::float8 as failed from tidegate.tasks`),
    one(`select avg(ms)::float8 as avg, percentile_cont(0.5) within group (order by ms) as p50,
        percentile_cont(0.95) within group (order by ms) as p95,
        count(distinct worker) filter (where finished_at > now() - interval '10 seconds')::float8 as workers
        from (
          select finished_at, (extract(epoch from finished_at - started_at) * 1000)::float8 as ms,
            convert_from(result_body, 'UTF8')::json ->> 'worker' as worker
          from tidegate.tasks where state = 'succeeded' and finished_at > now() - interval '1 minute'
        ) as ended`),
    one('select count(*)::float8 as results from results'),
  ]);
  return {
    totalRequests: counted['requests'] ?? 0,
    activeWorkers: lately['workers'] ?? 0,
    queueLength: counted['queued'] ?? 0,
    running: counted['running'] ?? 0,
    succeeded: counted['succeeded'] ?? 0,
    failed: counted['failed'] ?? 0,
    results: stored['results'] ?? 0,
    processingMs: {
      avg: rounded(lately['avg']),
      p50: rounded(lately['p50']),
      p95: rounded(lately['p95']),
    },
  };
}

async function one(query: string): Promise<Readonly<Record<string, number | null>>> {
  const { rows } = await database.query<Record<string, number | null>>(query);
  return rows[0] ?? {};
}

function rounded(value: number | null | undefined): number | null {
  return typeof value === 'number' ? Math.round(value) : null;
}
