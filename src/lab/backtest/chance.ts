/** A stream of pseudo-random numbers: the same seed and stream give the same ones, everywhere. */
export interface Chance {
  /** 0 <= x < 1. */
  uniform(): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
}

/**
 * The small fast counting generator of 32 bits (sfc32, Chris Doty-Humphrey's PractRand). Streams of one seed are
 * independent of each other, so that what one part of a replay draws does not shift what another does.
 */
export function createChance(seed: number, stream: number): Chance {
  let a = Math.trunc(seed) | 0;
  let b = Math.trunc(seed / 2 ** 32) | 0;
  let c = Math.trunc(stream) | 0;
  let counter = 1;
  let spare = Number.NaN;

  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // Seeds that are near each other start out alike: by then they have nothing in common.
  for (let round = 0; round < 16; round++) next();
  const uniform = (): number => next() / 2 ** 32;

  return {
    uniform,
    /** Marsaglia's polar method gives two at a time. */
    normal() {
      if (!Number.isNaN(spare)) {
        const kept = spare;
        spare = Number.NaN;
        return kept;
      }
      for (;;) {
        const x = 2 * uniform() - 1;
        const y = 2 * uniform() - 1;
        const square = x * x + y * y;
        if (square === 0 || square >= 1) continue;
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        spare = y * factor;
        return x * factor;
      }
    },
  };
}
