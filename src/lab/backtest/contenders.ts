/** A policy under test: one of Tidegate's, or a peer's. */
export interface Contender {
  readonly name: string;
  readonly isOurs: boolean;
  /** How it works inside is not published: it is rebuilt from its documentation and from what is seen of it. */
  readonly isInferred: boolean;
  /** It has the one knob that a sweep turns. */
  readonly hasKnob: boolean;
}

/** Who knows the load beforehand: what every cost is relative to. */
export const REFERENCE = 'clairvoyant';

/** In the order in which they are told. */
export const CONTENDERS: readonly Contender[] = [
  { name: REFERENCE, isOurs: false, isInferred: false, hasKnob: false },
  ...['slo', 'predictive', 'target', 'linear', 'exponential'].map((name) => ({
    name,
    isOurs: true,
    isInferred: false,
    hasKnob: true,
  })),
  ...['hpa', 'kpa', 'keda', 'aws', 'crane', 'static'].map((name) => ({
    name,
    isOurs: false,
    isInferred: name === 'aws',
    hasKnob: true,
  })),
];

/** The share of a replica's capacity that is to be in use: the settings of a sweep. */
export const SETTINGS: readonly number[] = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95];
