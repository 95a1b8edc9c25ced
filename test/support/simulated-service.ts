import { decide } from '../../src/policy/decide.ts';
import type { Binding, PolicyMemory, Reason } from '../../src/policy/decision.ts';
import { FRESH_MEMORY } from '../../src/policy/decision.ts';
import type { Learned } from '../../src/policy/learned.ts';
import { observationOf } from '../../src/policy/observation.ts';
import type { Observation } from '../../src/policy/observation.ts';
import { createHistogram } from '../../src/signals/histogram.ts';
import type { Sample } from '../../src/signals/sample.ts';
import { createSeries } from '../../src/signals/series.ts';
import type { ScaleSpec } from '../../src/spec/spec.ts';
import { START } from './scaling.ts';
import { advance, leastBusy, newReplica, STEP_MS } from './simulated-replica.ts';
import type { Replica, Request } from './simulated-replica.ts';

/** One program: what a request takes of it, at a moment of the run. */
export interface Program {
  /** Work for one core, shared by all requests in the replica. */
  readonly workMs: (second: number) => number;
  /** Time spent waiting for others, whatever the load. */
  readonly waitMs?: (second: number) => number;
  /** Requests in a replica at once; more wait at the gateway. Absent: any number. */
  readonly places?: number;
  /** Requests a second that something behind all replicas lets through. */
  readonly sharedRps?: number;
}

export interface Run {
  readonly program: Program;
  readonly scale: ScaleSpec;
  readonly rps: (second: number) => number;
  readonly seconds: number;
  readonly startupS?: number;
  /** Seconds each takes that is ordered, by its number; Infinity: it never comes. Absent: about `startupS`. */
  readonly starts?: (order: number) => number;
  /** So many seconds after its start what a replica waits for takes twice as long: its connections and caches are new. */
  readonly coldS?: number;
  /** From this second on all are replaced: one of the next revision starts, then the oldest drains, and so on. */
  readonly rolloutAt?: number;
  /**
   * What the control plane hears in this second; `the-last`: the sample before once more;
   * `standing`: counters that do not move.
   */
  readonly heard?: (second: number) => 'all' | 'nothing' | 'the-last' | 'standing';
  readonly seed?: number;
  readonly initial?: number;
  readonly learner: {
    observe(observation: Observation): void;
    replicaStarted?(at: number, tookMs: number): void;
    revised?(at: number): void;
    read(now: number): Learned;
  };
  /** Called after each second's decision. */
  readonly after?: (second: Second) => void;
}

export interface Second {
  readonly second: number;
  readonly ready: number;
  readonly desired: number;
  readonly p95Ms: number | null;
  readonly learned: Learned;
  readonly reasons: readonly Reason[];
  readonly binding: Binding;
}

/**
 * Requests one by one through a queue at the gateway and replicas that each share one core, second by second through the
 * windows, the learner and `decide` as they run live.
 */
export function runService(run: Run): void {
  const { program, scale, seconds, startupS = 5, learner } = run;
  const chance = createChance(run.seed ?? 1);
  const series = createSeries({ scale, resources: { cpu: 1, memoryBytes: null } });
  let memory: PolicyMemory = FRESH_MEMORY;
  const replicas: Replica[] = [];
  for (let index = 0; index < (run.initial ?? scale.min); index++) replicas.push(newReplica(0));
  const leaving: Replica[] = [];
  const queue: Request[] = [];
  const coldMs = (run.coldS ?? 0) * 1000;
  let ordered = 0;
  const order = (second: number): Replica => {
    const took = run.starts ? run.starts(ordered++) : startupS * chance.around();
    return newReplica(second * 1000, (second + took) * 1000, coldMs);
  };
  /** Those of the revision before, while another is rolled out, and the one that starts beside them. */
  let old: Set<Replica> | null = null;
  let surge: Replica | null = null;
  let allowance = 0;
  let sample: Sample | null = null;
  for (let second = 1; second <= seconds; second++) {
    const latency = createHistogram();
    const work = program.workMs(second);
    const wait = program.waitMs?.(second) ?? 0;
    let arrived = 0;
    for (const each of replicas) each.busyMs = 0;
    if (second === run.rolloutAt) old = new Set(replicas);
    for (let step = 0; step < STEPS; step++) {
      const from = (second - 1) * 1000 + step * STEP_MS;
      const coming = chance.poisson((run.rps(second) * STEP_MS) / 1000);
      arrived += coming;
      for (let index = 0; index < coming; index++) {
        queue.push({
          at: from + (index / Math.max(1, coming)) * STEP_MS,
          waitMs: wait * chance.around(),
          workMs: work * chance.around(),
        });
      }
      allowance = Math.min(
        allowance + ((program.sharedRps ?? Infinity) * STEP_MS) / 1000,
        program.sharedRps === undefined ? Infinity : 2,
      );
      const serving = replicas.filter(({ readyAt }) => readyAt <= from);
      while (queue.length > 0) {
        const free = leastBusy(serving, program.places ?? Infinity);
        if (!free) break;
        free.requests.push(queue.shift() as Request);
      }
      for (const replica of [...serving, ...leaving]) {
        allowance = advance(replica, from, queue, program, latency, allowance, leaving);
      }
    }
    for (let index = leaving.length - 1; index >= 0; index--) {
      if (leaving[index]?.requests.length === 0) leaving.splice(index, 1);
    }
    const now = START + second * 1000;
    const ready = replicas.filter(({ readyAt }) => readyAt <= second * 1000);
    const heard = run.heard?.(second) ?? 'all';
    if (heard === 'all' || sample === null)
      sample = {
        at: now,
        spanMs: 1000,
        traffic: {
          requests: arrived,
          errors: 0,
          inFlight: ready.reduce((sum, { requests }) => sum + requests.length, 0),
          queued: queue.length,
          latency,
        },
        usage: {
          replicas: ready.map(({ busyMs }, index) => ({
            id: `${index}`,
            cpuCores: busyMs / 1000,
            memoryBytes: 1,
            eventLoop: null,
          })),
        },
        backlog: null,
      };
    else if (heard === 'standing') sample = standing(sample, now);
    if (heard !== 'nothing') series.add(sample);
    for (const { orderedAt, readyAt } of ready)
      if (readyAt > now - START - 1000 && readyAt > 0)
        learner.replicaStarted?.(now, readyAt - orderedAt);
    const arrivedRps = heard === 'all' ? arrived : heard === 'standing' ? 0 : null;
    const deploying: boolean = old !== null;
    const snapshot = series.snapshot(now);
    learner.observe({
      ...observationOf(now, snapshot.stable, ready.length, arrivedRps),
      ...(deploying && { disturbed: true }),
    });
    const learned = learner.read(now);
    const desired = replicas.length - (surge ? 1 : 0);
    const decided = decide({
      now,
      scale,
      snapshot,
      replicas: { desired, ready: ready.length, starting: replicas.length - ready.length },
      host: { room: Infinity, bound: null, cpuSaturated: false },
      control: { paused: false, pinned: null, deploying },
      memory,
      learned,
    });
    ({ memory } = decided);
    if (old) {
      if (surge && surge.readyAt <= second * 1000) {
        const [oldest] = old;
        surge = null;
        leaving.push(...replicas.splice(replicas.indexOf(oldest as Replica), 1));
        old.delete(oldest as Replica);
      }
      if (old.size === 0) {
        old = null;
        learner.revised?.(now);
      } else if (!surge) {
        surge = order(second);
        replicas.push(surge);
      }
    } else {
      while (replicas.length < decided.desired) replicas.push(order(second));
      while (replicas.length > decided.desired) leaving.push(replicas.pop() as Replica);
    }
    const p95 = snapshot.stable.latencyP95Ms;
    run.after?.({
      second,
      ready: ready.length,
      desired: decided.desired,
      p95Ms: p95.kind === 'value' ? p95.value : null,
      learned,
      reasons: decided.reasons,
      binding: decided.binding,
    });
  }
}

// Private

const STEPS = 1000 / STEP_MS;

/** The gateway answers, and its counters do not move. */
function standing(before: Sample, now: number): Sample {
  const { traffic } = before;
  const still = traffic && { ...traffic, requests: 0, latency: createHistogram() };
  return { ...before, at: now, traffic: still };
}

interface Chance {
  poisson(mean: number): number;
  /** A factor around 1, log-normal with half of it as deviation. */
  around(): number;
}

/** Mulberry32. */
function createChance(seed: number): Chance {
  let state = seed | 0;
  const draw = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  return {
    poisson(mean) {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = draw(); product > limit; product *= draw()) count++;
      return count;
    },
    around: () => Math.exp(normal() * 0.472 - 0.1116),
  };
}
