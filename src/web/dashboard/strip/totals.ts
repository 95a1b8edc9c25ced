import { count, milliseconds, percent, rate } from '../format.ts';
import type { Point } from '../points.ts';
import { indexOf } from '../series.ts';

/** One number of all services together, and how it went. */
export interface Total {
  readonly key: 'requests' | 'p95' | 'errors' | 'replicas';
  readonly label: string;
  readonly value: string;
  /** One a step, the oldest first; null: not known. */
  readonly course: readonly Moment[];
}

export interface Moment {
  /** ms since the epoch */
  readonly at: number;
  readonly value: number | null;
}

export interface ServicePoints {
  readonly name: string;
  readonly points: readonly Point[];
}

/**
 * Rate, the p95 of the slowest, errors, replicas: `services` with their course, `current` with the one look that is newest,
 * since a step of a long range is an hour.
 */
export function totalsOf(
  services: readonly ServicePoints[],
  current: readonly ServicePoints[],
): readonly Total[] {
  const steps = stepsOf(services);
  const now = stepsOf(current).at(-1);
  const course = (of: (step: Step) => number | null): readonly Moment[] =>
    steps.map((step) => ({ at: step.at, value: of(step) }));
  return [
    {
      key: 'requests',
      label: 'requests',
      value: rate(now?.requests ?? null),
      course: course(({ requests }) => requests),
    },
    {
      key: 'p95',
      label: 'p95, slowest service',
      value: milliseconds(now?.p95Ms ?? null),
      course: course(({ p95Ms }) => p95Ms),
    },
    {
      key: 'errors',
      label: 'errors',
      value: percent(now ? errorsOf(now) : null),
      course: course(errorsOf),
    },
    {
      key: 'replicas',
      label: 'replicas ready',
      value: now ? `${count(now.ready)} of ${count(now.wanted)}` : '–',
      course: course(({ ready }) => ready),
    },
  ];
}

// Private

interface Step {
  readonly at: number;
  requests: number | null;
  failed: number;
  p95Ms: number | null;
  ready: number;
  wanted: number;
}

function stepsOf(services: readonly ServicePoints[]): readonly Step[] {
  const found = new Map<number, Step>();
  for (const { name, points } of services)
    for (const { at, values } of points) {
      const step = found.get(at) ?? {
        at,
        requests: null,
        failed: 0,
        p95Ms: null,
        ready: 0,
        wanted: 0,
      };
      found.set(at, step);
      const of = (key: string): number | null => values[indexOf(key)] ?? null;
      const requests = of('requests');
      if (requests !== null) step.requests = (step.requests ?? 0) + requests;
      step.failed += of('failed') ?? 0;
      // Who waits there for a task waits as long as they asked to.
      const p95Ms = name === 'tidegate-tasks' ? null : of('p95');
      if (p95Ms !== null) step.p95Ms = Math.max(step.p95Ms ?? 0, p95Ms);
      step.ready += of('ready') ?? 0;
      step.wanted += of('wanted') ?? 0;
    }
  return [...found.values()].sort((one, other) => one.at - other.at);
}

function errorsOf({ requests, failed }: Step): number | null {
  return requests === null || requests === 0 ? null : failed / requests;
}
