import { decide } from '../../src/policy/decide.ts';
import type { PolicyMemory, Reason } from '../../src/policy/decision.ts';
import { FRESH_MEMORY } from '../../src/policy/decision.ts';
import type { Learned } from '../../src/policy/learned.ts';
import { observationOf } from '../../src/policy/observation.ts';
import type { Observation } from '../../src/policy/observation.ts';
import { addLatency, createHistogram } from '../../src/signals/histogram.ts';
import type { MutableHistogram } from '../../src/signals/histogram.ts';
import { createSeries } from '../../src/signals/series.ts';
import type { ScaleSpec } from '../../src/spec/spec.ts';
import { START } from './scaling.ts';

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
  readonly seed?: number;
  readonly initial?: number;
  readonly learner: {
    observe(observation: Observation): void;
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
  let allowance = 0;
  for (let second = 1; second <= seconds; second++) {
    const latency = createHistogram();
    const work = program.workMs(second);
    const wait = program.waitMs?.(second) ?? 0;
    let arrived = 0;
    for (const each of replicas) each.busyMs = 0;
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
    series.add({
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
    });
    const snapshot = series.snapshot(now);
    learner.observe(observationOf(now, snapshot.stable, ready.length));
    const learned = learner.read(now);
    const desired = replicas.length;
    const decided = decide({
      now,
      scale,
      snapshot,
      replicas: { desired, ready: ready.length, starting: desired - ready.length },
      host: { room: Infinity, bound: null, cpuSaturated: false },
      control: { paused: false, pinned: null, deploying: false },
      memory,
      learned,
    });
    ({ memory } = decided);
    while (replicas.length < decided.desired) {
      replicas.push(newReplica((second + startupS * chance.around()) * 1000));
    }
    while (replicas.length > decided.desired) leaving.push(replicas.pop() as Replica);
    const p95 = snapshot.stable.latencyP95Ms;
    run.after?.({
      second,
      ready: ready.length,
      desired: decided.desired,
      p95Ms: p95.kind === 'value' ? p95.value : null,
      learned,
      reasons: decided.reasons,
    });
  }
}

// Private

const STEP_MS = 10;
const STEPS = 1000 / STEP_MS;

interface Request {
  readonly at: number;
  waitMs: number;
  workMs: number;
}

interface Replica {
  readonly readyAt: number;
  readonly requests: Request[];
  busyMs: number;
}

function newReplica(readyAt: number): Replica {
  return { readyAt, requests: [], busyMs: 0 };
}

function leastBusy(replicas: readonly Replica[], places: number): Replica | null {
  let least: Replica | null = null;
  for (const each of replicas) {
    if (each.requests.length >= places) continue;
    if (!least || each.requests.length < least.requests.length) least = each;
  }
  return least;
}

/** One step of one replica: those that wait for others, and the core shared by the rest, request by request. */
function advance(
  replica: Replica,
  from: number,
  queue: Request[],
  { places = Infinity }: Program,
  latency: MutableHistogram,
  allowance: number,
  leaving: readonly Replica[],
): number {
  let left = STEP_MS;
  let allowed = allowance;
  while (left > 1e-6 && replica.requests.length > 0) {
    let working = 0;
    let next = left;
    for (const { waitMs, workMs } of replica.requests) {
      if (waitMs > 0) next = Math.min(next, waitMs);
      else if (workMs > 0) working++;
    }
    for (const { waitMs, workMs } of replica.requests) {
      if (waitMs <= 0 && workMs > 0) next = Math.min(next, workMs * working);
    }
    const span = Math.max(next, 1e-6);
    for (const request of replica.requests) {
      if (request.waitMs > 0) request.waitMs -= span;
      else if (request.workMs > 0) request.workMs -= span / working;
    }
    if (working > 0) replica.busyMs += span;
    left -= span;
    for (let index = replica.requests.length - 1; index >= 0; index--) {
      const request = replica.requests[index] as Request;
      if (request.waitMs > 1e-6 || request.workMs > 1e-6) continue;
      if (allowed < 1) {
        request.waitMs = 0;
        request.workMs = 0;
        continue;
      }
      allowed--;
      addLatency(latency, from + STEP_MS - left - request.at);
      replica.requests.splice(index, 1);
      if (queue.length > 0 && replica.requests.length < places && !leaving.includes(replica)) {
        replica.requests.push(queue.shift() as Request);
      }
    }
    if (working === 0 && next === left + span) break;
  }
  return allowed;
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
