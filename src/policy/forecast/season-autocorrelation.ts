/**
 * How alike a series is to itself so many steps earlier: 1 the same, 0 nothing in common. Index is the lag, up to
 * `maxLag`. Slow changes, over more than `maxLag`, are taken out first; NaN: not known, and says nothing.
 */
export function autocorrelation(series: Float64Array, maxLag: number): Float64Array {
  const count = series.length;
  const centred = withoutSlowChanges(series, maxLag);
  let size = 2;
  while (size < count + maxLag + 1) size *= 2;
  const sums = productSums(centred, size);
  const correlation = new Float64Array(maxLag + 1);
  const power = sums[0]!;
  if (!(power > 0)) return correlation;
  for (let lag = 0; lag <= maxLag && lag < count; lag++) {
    // Of a longer lag there are fewer pairs.
    correlation[lag] = (sums[lag]! / power) * (count / (count - lag));
  }
  return correlation;
}

// Private

/**
 * The sum of the products with itself so many steps earlier, by lag, times a constant. By way of the spectrum: the power of
 * each frequency, turned back. Values and powers have no imaginary part: each pair of neighbours goes as one number through a
 * transform of half the size.
 */
function productSums(values: Float64Array, size: number): Float64Array {
  const half = size / 2;
  const real = new Float64Array(half);
  const imaginary = new Float64Array(half);
  for (let index = 0; index < values.length; index++) {
    (index % 2 === 0 ? real : imaginary)[index >> 1] = values[index]!;
  }
  const turns = turnsOf(half);
  transform(real, imaginary, turns);
  const whole = turnsOf(size);
  for (let index = 0; index <= half / 2; index++) {
    const mirror = (half - index) % half;
    // What the even and the odd values have to do with this frequency.
    const evenRe = (real[index]! + real[mirror]!) / 2;
    const evenIm = (imaginary[index]! - imaginary[mirror]!) / 2;
    const oddRe = (imaginary[index]! + imaginary[mirror]!) / 2;
    const oddIm = (real[mirror]! - real[index]!) / 2;
    const cos = whole.cos[index]!;
    const sin = whole.sin[index]!;
    const turnedRe = oddRe * cos - oddIm * sin;
    const turnedIm = oddRe * sin + oddIm * cos;
    const low = (evenRe + turnedRe) ** 2 + (evenIm + turnedIm) ** 2;
    const high = (evenRe - turnedRe) ** 2 + (evenIm - turnedIm) ** 2;
    // And the same way back: power at this frequency and half a turn on.
    const sum = low + high;
    const difference = low - high;
    real[index] = sum - difference * sin;
    imaginary[index] = difference * cos;
    real[mirror] = sum + difference * sin;
    imaginary[mirror] = difference * cos;
  }
  transform(real, imaginary, turns);
  const sums = new Float64Array(size);
  for (let index = 0; index < half; index++) {
    sums[2 * index] = real[index]!;
    sums[2 * index + 1] = imaginary[index]!;
  }
  return sums;
}

function withoutSlowChanges(series: Float64Array, span: number): Float64Array {
  const count = series.length;
  const sums = new Float64Array(count + 1);
  const known = new Int32Array(count + 1);
  for (let index = 0; index < count; index++) {
    const value = series[index]!;
    const isKnown = !Number.isNaN(value);
    sums[index + 1] = sums[index]! + (isKnown ? value : 0);
    known[index + 1] = known[index]! + (isKnown ? 1 : 0);
  }
  const half = Math.ceil(span / 2);
  const centred = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const value = series[index]!;
    if (Number.isNaN(value)) continue;
    const from = Math.max(0, index - half);
    const to = Math.min(count, index + half + 1);
    centred[index] = value - (sums[to]! - sums[from]!) / (known[to]! - known[from]!);
  }
  return centred;
}

interface Turns {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/** Of the few sizes there are, each is made once. */
const turnsBySize = new Map<number, Turns>();

function turnsOf(size: number): Turns {
  let turns = turnsBySize.get(size);
  if (!turns) {
    const angles = Float64Array.from({ length: size / 2 }, (_, at) => (-2 * Math.PI * at) / size);
    turns = { cos: angles.map(Math.cos), sin: angles.map(Math.sin) };
    turnsBySize.set(size, turns);
  }
  return turns;
}

/** The fast Fourier transform, in place; the length is a power of two. */
function transform(
  real: Float64Array,
  imaginary: Float64Array,
  { cos: coss, sin: sins }: Turns,
): void {
  const size = real.length;
  for (let index = 1, mirror = 0; index < size; index++) {
    let bit = size >> 1;
    for (; mirror & bit; bit >>= 1) mirror ^= bit;
    mirror ^= bit;
    if (index < mirror) {
      const re = real[index]!;
      const im = imaginary[index]!;
      real[index] = real[mirror]!;
      imaginary[index] = imaginary[mirror]!;
      real[mirror] = re;
      imaginary[mirror] = im;
    }
  }
  for (let length = 2; length <= size; length *= 2) {
    const half = length / 2;
    const apart = size / length;
    // Neighbours in memory one after the other: the other way round most of the time is spent waiting for it.
    for (let from = 0; from < size; from += length) {
      for (let step = 0; step < half; step++) {
        const cos = coss[step * apart]!;
        const sin = sins[step * apart]!;
        const a = from + step;
        const b = a + half;
        const re = real[b]! * cos - imaginary[b]! * sin;
        const im = real[b]! * sin + imaginary[b]! * cos;
        real[b] = real[a]! - re;
        imaginary[b] = imaginary[a]! - im;
        real[a] = real[a]! + re;
        imaginary[a] = imaginary[a]! + im;
      }
    }
  }
}
