import { MINUTE, SECOND } from '../../kit/clock.ts';
import type { Learner } from '../../policy/learner.ts';
import type { Observation } from '../../policy/observation.ts';
import { isFailing } from '../../policy/observation.ts';
import type { DeploymentRow } from '../../state/deployments.ts';
import { bucketStart, RESOLUTIONS } from '../../state/resolution.ts';
import type { StoredRow } from '../../state/samples.ts';
import type { ServiceSpec } from '../../spec/spec.ts';
import type { Store } from '../../state/store.ts';
import type { DeploymentDetail } from '../deployment-record.ts';
import { startsOf } from '../starts.ts';

/** What is told of one moment, by whom it is told. */
export interface Recorded {
  readonly at: number;
  readonly tell: (learner: Learner) => void;
}

export interface RecordedStore extends Pick<Store, 'replicas' | 'deployments'> {
  readonly samples: Pick<Store['samples'], 'stored' | 'oldestAt'>;
}

/** So many rows are read at a time. */
const PAGE_ROWS = 200;

/** The newest are enough: what they tell of is what they tell of now. */
const MOST_DEPLOYMENTS = 20;

/**
 * What the state file knows of a service until `now`, in the order of time and in pages: each span once, at the finest
 * resolution that is kept of it; between them how long replicas took to start, and when another revision served.
 */
export function* recordedPages(
  store: RecordedStore,
  spec: Pick<ServiceSpec, 'name' | 'health'>,
  now: number,
): Generator<readonly Recorded[], void> {
  const { name: service } = spec;
  const { disturbed, events } = eventsOf(store, spec, now);
  let next = 0;
  for (const [from, to, spanMs] of spansUntil(store, service, now)) {
    for (let start = from; start < to; start += PAGE_ROWS * spanMs) {
      const end = Math.min(start + PAGE_ROWS * spanMs, to);
      const page: Recorded[] = store.samples
        .stored(service, spanMs, start, end)
        .map((row) => told(observed(row, spanMs, disturbed)));
      const before = next;
      while (next < events.length && (events[next] as Recorded).at < end) next++;
      yield [...page, ...events.slice(before, next)].sort((one, other) => one.at - other.at);
    }
  }
  yield events.slice(next);
}

// Private

/** Of each resolution what no finer one holds, the coarsest first. Whole spans of it: none is told half. */
function spansUntil(
  { samples }: Pick<RecordedStore, 'samples'>,
  service: string,
  now: number,
): readonly (readonly [from: number, to: number, spanMs: number])[] {
  const spans: [number, number, number][] = [];
  let to = now + 1;
  for (const { spanMs, keepMs } of RESOLUTIONS) {
    const coarser = RESOLUTIONS.find((each) => each.spanMs > spanMs)?.spanMs ?? spanMs;
    const oldest = samples.oldestAt(service, spanMs);
    if (oldest === null) continue;
    // What is swept goes by the whole spans of the coarsest: not to be raced.
    const kept = bucketStart(now - keepMs, coarser) + MINUTE + coarser;
    const from = Math.min(Math.max(bucketStart(oldest, coarser), kept), to);
    spans.unshift([from, to, spanMs]);
    to = from;
  }
  return spans;
}

function told(observation: Observation): Recorded {
  return { at: observation.at, tell: (learner) => learner.observe(observation) };
}

/** At the end of its span, of which it is the mean. */
function observed(
  { at, ready, signals, arrivedRps = null }: StoredRow,
  spanMs: number,
  disturbed: readonly (readonly [from: number, to: number])[],
): Observation {
  const endedAt = spanMs > SECOND ? at + spanMs - 1 : at;
  const within = disturbed.some(([from, to]) => endedAt >= from && at <= to);
  // Nobody knows any more which of them found no place: what they would have taught is seen again.
  const failing = isFailing(signals.errors ?? null);
  return {
    at: endedAt,
    rps: signals.rps ?? null,
    concurrency: signals.concurrency ?? null,
    queued: signals.queued ?? null,
    latencyP50Ms: signals.latencyP50Ms ?? null,
    latencyP95Ms: signals.latencyP95Ms ?? null,
    latencyP99Ms: signals.latencyP99Ms ?? null,
    errors: signals.errors ?? null,
    cpu: signals.cpu ?? null,
    ready,
    ...(arrivedRps !== null && { arrivedRps }),
    ...((within || failing) && { disturbed: true }),
  };
}

/** Starts and changes of revision, in the order of time, and when two revisions served side by side. */
function eventsOf(
  store: Pick<Store, 'replicas' | 'deployments'>,
  spec: Pick<ServiceSpec, 'name' | 'health'>,
  now: number,
): { disturbed: readonly (readonly [number, number])[]; events: readonly Recorded[] } {
  const starts = startsOf(store.replicas, spec, 0, now).map(
    ({ at, tookMs }): Recorded => ({ at, tell: (learner) => learner.replicaStarted(at, tookMs) }),
  );
  const deployments = deploymentsOf(store, spec.name);
  const revisions = deployments.flatMap(({ state, endedAt: at }): Recorded[] =>
    state === 'done' && at !== null ? [{ at, tell: (learner) => learner.revised(at) }] : [],
  );
  return {
    disturbed: deployments.map(({ startedAt, endedAt }) => [startedAt, endedAt ?? now]),
    events: [...starts, ...revisions].sort((one, other) => one.at - other.at),
  };
}

/** Those in which another revision of the service came. */
function deploymentsOf(
  { deployments }: Pick<Store, 'deployments'>,
  service: string,
): readonly DeploymentRow[] {
  const newest = deployments.last()?.id ?? 0;
  const ids = Array.from({ length: MOST_DEPLOYMENTS }, (_, back) => newest - back);
  return ids.flatMap((id) => {
    const row = id > 0 ? deployments.get(id) : null;
    const detail = row?.detail as Partial<DeploymentDetail> | null | undefined;
    const changed = detail?.services?.find(({ name }) => name === service);
    return row && changed && changed.from !== changed.to ? [row] : [];
  });
}
