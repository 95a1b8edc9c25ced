import { POLICIES } from '../../spec/spec.ts';
import { BASELINES } from './baselines/baselines.ts';
import type { Baseline } from './baselines/baselines.ts';

/** A policy under test: one of Tidegate's, or a peer's. */
export interface Contender {
  readonly name: string;
  /** What its one knob is, in words. */
  readonly knob: string;
  /** Where the knob stands as its vendor ships it; null: the configuration says. */
  readonly asItComes: number | null;
  /** Where a sweep turns it to; none: it has no knob. */
  readonly settings: readonly number[];
  /** How it works inside is not published: it is rebuilt from its documentation and from what is seen of it. */
  readonly isInferred: boolean;
  /** It runs where nobody says what is to run. */
  readonly isUsual: boolean;
}

/** Who knows the load beforehand: what every cost is relative to. */
export const REFERENCE = 'clairvoyant';

/** What everybody has who does not scale: where a policy is of no use, its cost is that of this one. */
export const WITHOUT_SCALING = 'static';

/** The settings of a sweep of Tidegate's policies. */
const SETTINGS: readonly number[] = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95];

/** In the order in which they are told: the reference, Tidegate's with the newest first, the peers. */
export const CONTENDERS: readonly Contender[] = [
  { ...peer(REFERENCE, BASELINES[REFERENCE]), settings: [] },
  ...POLICIES.toReversed().map((name) => ({
    name,
    knob:
      name === 'linear' || name === 'exponential'
        ? 'CPU utilisation of the replicas above which it adds'
        : 'share of a replica’s concurrency, or of what one can do, that is to be in use',
    asItComes: null,
    settings: SETTINGS,
    isInferred: false,
    isUsual: true,
  })),
  ...Object.entries<Baseline>(BASELINES)
    .filter(([name]) => name !== REFERENCE)
    .map(([name, baseline]) => peer(name, baseline)),
];

/** @throws Error where there is none of that name: names are checked where they come in */
export function contenderNamed(name: string): Contender {
  const contender = CONTENDERS.find((each) => each.name === name);
  if (!contender) throw new Error(`there is no policy ${name}`);
  return contender;
}

// Private

function peer(name: string, baseline: Baseline): Contender {
  const { knob, default: asItComes, sweep: settings, inferred: isInferred = false } = baseline;
  // Variants of another one run where they are named.
  const isUsual = !name.includes('-');
  return { name, knob, asItComes, settings, isInferred, isUsual };
}
