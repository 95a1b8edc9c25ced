import type { LoadResult } from '../load/result.ts';
import { createTarget } from '../load/target.ts';
import type { ServiceRecording } from '../recording/recording.ts';
import type { Bench, LabProject } from './bench.ts';
import { median } from './figures.ts';
import { failuresOf, runSteady } from './steady.ts';

export const REPORTS_RPS = 2;
export const LIGHT_RPS = 40;
export const LOAD_S = 7;
export const RULE = '30ms';

/** The same work, done three ways. */
export const WAYS = {
  whole: 'at once, one replica',
  slices: 'in slices of 4 ms, one replica',
  scaled: `at once, scaled when the event-loop delay is above ${RULE}`,
} as const;

export type Way = keyof typeof WAYS;

export interface LoopSeen {
  readonly way: Way;
  /** Of a core and of one replica, mean over the load; null: not told. */
  readonly cpu: number | null;
  /** The p99 of a second, in the middle of the seconds: the machine's own hiccups are none of the program's. */
  readonly delayMs: number | null;
  /** Fraction of the time in which the event loop was at work, by its own account. */
  readonly utilisation: number;
  readonly lightP50Ms: number | null;
  /** Of each second, in the middle of the seconds, as the delay. */
  readonly lightP95Ms: number | null;
  readonly replicas: number;
  /** Why there were more than one, in the words of the decisions. */
  readonly reasons: readonly string[];
  readonly failures: number;
}

/** Reports and others’ requests, done this way; the others’ load goes into `loads`. */
export async function oneWay(
  bench: Bench,
  project: LabProject,
  way: Way,
  loads: LoadResult[],
): Promise<LoopSeen> {
  const url = `${project.gatewayUrl}/${way}`;
  // Until the rule has done what it does: what is measured is how it is afterwards.
  if (way === 'scaled') await until3(bench, project, url);
  await utilisationOf(project, way);
  const recorder = project.record();
  const [reports, light] = await Promise.all([
    runSteady(createTarget(`${url}/report`), REPORTS_RPS, LOAD_S, bench.signal),
    runSteady(createTarget(`${url}/light`), LIGHT_RPS, LOAD_S, bench.signal),
  ]);
  loads.push(light);
  const utilisation = await utilisationOf(project, way);
  const recorded = (await recorder.stop()).services.find(({ name }) => name === way);
  const service = await project.client.service(way);
  return {
    way,
    ...signalsOf(recorded),
    utilisation,
    lightP50Ms: light.latencyMs.p50,
    lightP95Ms: middleP95Ms(light),
    replicas: service.ready,
    reasons: (await ups(project, way)).flat(),
    failures: failuresOf(reports, light),
  };
}

/** The p95 of the middle second: a moment in which the machine did something else is none of the program's. Null: nothing ended. */
export function middleP95Ms({ timeline }: Pick<LoadResult, 'timeline'>): number | null {
  const known = timeline.flatMap(({ p95Ms }) => p95Ms ?? []);
  return known.length === 0 ? null : median(known);
}

// Private

/** Reports until the rule has brought all there may be. */
async function until3(bench: Bench, project: LabProject, url: string): Promise<void> {
  const enough = new AbortController();
  const signal = AbortSignal.any([bench.signal, enough.signal]);
  const load = runSteady(createTarget(`${url}/report`), REPORTS_RPS, 60, signal);
  try {
    const isThere = async (): Promise<boolean> =>
      (await project.client.service('scaled')).ready === 3;
    await bench.until('three replicas by the rule', isThere, 30_000);
  } finally {
    enough.abort();
    await load;
  }
}

/** Of one of its replicas, asked past the gateway, since it was asked last. */
async function utilisationOf({ client }: LabProject, way: Way): Promise<number> {
  const [replica] = (await client.service(way)).replicas;
  const answer = await fetch(`http://${replica?.address}/loop`);
  return ((await answer.json()) as { utilisation: number }).utilisation;
}

function signalsOf(recorded: ServiceRecording | undefined): Pick<LoopSeen, 'cpu' | 'delayMs'> {
  // The window of the first seconds reaches back before the load.
  const points = (recorded?.points ?? []).slice(3);
  const cpus = points.flatMap(({ signals }) => (signals.cpu === null ? [] : [signals.cpu]));
  const delays = points.flatMap(({ signals: { eventLoopDelayMs: delayMs } }) =>
    delayMs === null ? [] : [delayMs],
  );
  return {
    cpu: cpus.length === 0 ? null : cpus.reduce((sum, cpu) => sum + cpu, 0) / cpus.length,
    delayMs: delays.length === 0 ? null : median(delays),
  };
}

/** The reasons of each decision that added a replica. */
async function ups({ client }: LabProject, way: Way): Promise<readonly (readonly string[])[]> {
  const { decisions } = await client.decisions(way, { last: 20 });
  return decisions
    .filter(({ current, desired }) => desired > current)
    .map(({ reasons }) => reasons);
}
