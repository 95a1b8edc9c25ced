import type { DecideInput, Decided, PolicyMemory } from '../../src/policy/decision.ts';
import { FRESH_MEMORY } from '../../src/policy/decision.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Reading } from '../../src/signals/reading.ts';
import { NOT_APPLICABLE, reading } from '../../src/signals/reading.ts';
import type { SignalName, Signals } from '../../src/signals/snapshot.ts';
import type { ScaleSpec } from '../../src/spec/spec.ts';

/** The defaults of the configuration, with a wide range of counts. */
export const SCALE: ScaleSpec = {
  min: 1,
  max: 100,
  policy: 'linear',
  up: { cpu: 0.7, memory: 0.8, latencyMs: 1_000 },
  down: { cpu: 0.2, memory: 0.4, latencyMs: 200 },
  brake: { errors: 0.05 },
  target: { concurrency: 10 },
  slo: null,
  intervalMs: 1_000,
  windowMs: 10_000,
  burst: { windowMs: 3_000, factor: 2 },
  cooldown: { upMs: 3_000, downMs: 60_000 },
  sleepAfterMs: 60_000,
  shadow: [],
};

type Given = Partial<Record<SignalName, number | Reading>>;

/** Signals of a service that is idle and measured, save for those given. */
export function signals(given: Given = {}): Signals {
  const idle: Signals = {
    cpu: reading(0),
    memory: NOT_APPLICABLE,
    memoryBytes: reading(1_000_000),
    latencyP50Ms: NOT_APPLICABLE,
    latencyP95Ms: NOT_APPLICABLE,
    latencyP99Ms: NOT_APPLICABLE,
    errors: NOT_APPLICABLE,
    concurrency: reading(0),
    rps: reading(0),
    queued: reading(0),
    eventLoopDelayMs: NOT_APPLICABLE,
    eventLoopUtilization: NOT_APPLICABLE,
    backlog: NOT_APPLICABLE,
    drainTimeMs: NOT_APPLICABLE,
  };
  const readings = Object.entries(given).map(
    ([name, each]) => [name, typeof each === 'number' ? reading(each) : each] as const,
  );
  return { ...idle, ...Object.fromEntries(readings) };
}

export interface Situation {
  readonly now?: number;
  readonly scale?: Partial<ScaleSpec>;
  readonly stable?: Given;
  /** As the stable window where nothing else is said. */
  readonly burst?: Given;
  readonly queue?: DecideInput['snapshot']['queue'];
  readonly servedErrors?: number;
  /** All of them ready where nothing else is said. */
  readonly desired?: number;
  readonly ready?: number;
  readonly starting?: number;
  readonly out?: number;
  readonly host?: Partial<DecideInput['host']>;
  readonly control?: Partial<DecideInput['control']>;
  readonly memory?: Partial<PolicyMemory>;
}

/** 2025-01-01, so that a time of 0 shows up as the error it is. */
export const START = 1_735_689_600_000;

function situation(given: Situation): DecideInput {
  const now = given.now ?? START;
  const desired = given.desired ?? 1;
  return {
    now,
    scale: { ...SCALE, ...given.scale },
    snapshot: {
      at: now,
      stable: signals(given.stable),
      burst: signals(given.burst ?? given.stable),
      ...(given.queue && { queue: given.queue }),
      ...(given.servedErrors !== undefined && { servedErrors: given.servedErrors }),
    },
    replicas: {
      desired,
      ready: given.ready ?? desired,
      starting: given.starting ?? 0,
      out: given.out ?? 0,
    },
    host: { room: Infinity, bound: null, cpuSaturated: false, ...given.host },
    control: { paused: false, pinned: null, deploying: false, ...given.control },
    memory: { ...FRESH_MEMORY, ...given.memory },
  };
}

export function decideIn(given: Situation): Decided {
  return decide(situation(given));
}
