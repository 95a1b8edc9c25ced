import type { ProjectView } from '../control/view.ts';
import { family } from './metric-text.ts';

type DatabaseView = ProjectView['databases'][number];

/** What Prometheus reads of the databases. */
export function databaseMetrics(databases: readonly DatabaseView[]): readonly string[] {
  const of = (kind: DatabaseView['kind']): readonly DatabaseView[] =>
    databases.filter((each) => each.kind === kind);
  return [
    family(
      'database_up',
      'gauge',
      '1: it answered when it was last asked, some seconds ago.',
      databases.map((each) => [{ database: each.name, kind: each.kind }, answers(each) ? 1 : 0]),
    ),
    family(
      'postgres_connections',
      'gauge',
      'Open connections of clients.',
      of('postgres').map(({ name, connections }) => [
        { database: name, role: PRIMARY },
        connections,
      ]),
    ),
    family(
      'postgres_connections_limit',
      'gauge',
      'The most that may be open.',
      of('postgres').map(({ name, maxConnections }) => [
        { database: name, role: PRIMARY },
        maxConnections,
      ]),
    ),
    family(
      'redis_connections',
      'gauge',
      'Open connections of clients.',
      of('redis').map(({ name, connections }) => [{ database: name, role: PRIMARY }, connections]),
    ),
    family(
      'redis_connections_limit',
      'gauge',
      'The most that may be open.',
      of('redis').map(({ name, maxConnections }) => [
        { database: name, role: PRIMARY },
        maxConnections,
      ]),
    ),
    family(
      'redis_memory_bytes',
      'gauge',
      'Memory in use, as Redis counts it.',
      of('redis').map(({ name, memoryBytes }) => [{ database: name, role: PRIMARY }, memoryBytes]),
    ),
  ];
}

// Private

/** There are no replicas of databases. */
const PRIMARY = 'primary';

function answers({ state, problem }: DatabaseView): boolean {
  return (state === 'ready' || state === 'external') && problem === null;
}
