import type { Scaler } from '../scaler.ts';
import { createAws, createAwsPredictive } from './aws/scaler.ts';
import { CLAIRVOYANT_UTILIZATION, createClairvoyant } from './clairvoyant.ts';
import type { PeerContext } from './context.ts';
import { createCrane } from './crane/scaler.ts';
import { DEFAULT_BEHAVIOR } from './hpa/behavior.ts';
import { HPA_DEFAULTS } from './hpa/controller.ts';
import { createHpa } from './hpa/scaler.ts';
import { createKeda } from './keda/scaler.ts';
import { KPA_DEFAULTS } from './kpa/decide.ts';
import { createKpa } from './kpa/scaler.ts';
import { createStatic } from './static.ts';

/** A peer of Tidegate in a back-test. */
export interface Baseline {
  /** What its one knob is, in words. */
  readonly knob: string;
  /** As its vendor ships it, or what is supposed where nothing is shipped. */
  readonly default: number;
  /** The settings of a sweep. */
  readonly sweep: readonly number[];
  /** How it works inside is not published. */
  readonly inferred?: true;
  create(setting: number, context: PeerContext): Scaler;
}

export type BaselineName = keyof typeof BASELINES;

const SWEEP: readonly number[] = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95];

const CPU: Pick<Baseline, 'knob' | 'default' | 'sweep'> = {
  knob: 'target CPU utilisation of the replicas',
  default: HPA_DEFAULTS.targetUtilization / 100,
  sweep: SWEEP,
};

/** All peers, under the names of `simulate --policy`. */
export const BASELINES = {
  hpa: { ...CPU, create: (setting, context) => createHpa(setting, context) },
  /** The defaults of `behavior` written out: the newer way through the same HPA. */
  'hpa-behavior': {
    ...CPU,
    create: (setting, context) => createHpa(setting, context, { behavior: DEFAULT_BEHAVIOR }),
  },
  kpa: {
    knob: 'target utilisation of a replica’s concurrency',
    default: KPA_DEFAULTS.targetUtilization,
    sweep: SWEEP,
    create: createKpa,
  },
  keda: {
    knob: 'threshold of requests a second for each replica, as a share of what one can do',
    // KEDA ships none; the HPA's is supposed.
    default: HPA_DEFAULTS.targetUtilization / 100,
    sweep: SWEEP,
    create: (setting, context) => createKeda(setting, context),
  },
  aws: {
    knob: 'requests a minute for each target, as a share of what one can do',
    // AWS ships none; the HPA's is supposed.
    default: HPA_DEFAULTS.targetUtilization / 100,
    sweep: SWEEP,
    inferred: true,
    create: createAws,
  },
  'aws-predictive': {
    knob: 'requests a minute for each target, as a share of what one can do',
    default: HPA_DEFAULTS.targetUtilization / 100,
    sweep: SWEEP,
    inferred: true,
    create: createAwsPredictive,
  },
  crane: { ...CPU, create: createCrane },
  static: {
    knob: 'utilisation at the peak of the trace; above 1 the peak is more than the replicas can do',
    default: 0.8,
    // A fine ladder, from as much room as the others may have to a quarter of what the peak needs: static is to be given its best.
    sweep: Array.from({ length: 24 }, (_, i) => Math.round(70 * 1.12 ** (i - 8)) / 100),
    create: createStatic,
  },
  clairvoyant: {
    knob: 'none: the head-room is fixed',
    default: CLAIRVOYANT_UTILIZATION,
    sweep: [CLAIRVOYANT_UTILIZATION],
    create: createClairvoyant,
  },
} as const satisfies Record<string, Baseline>;

/** The peer of that name; undefined: there is none. */
export function baselineNamed(name: string): Baseline | undefined {
  return Object.hasOwn(BASELINES, name) ? BASELINES[name as BaselineName] : undefined;
}
