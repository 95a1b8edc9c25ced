/** A complex series in two arrays of one length. */
export interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** The discrete Fourier transform of any length; quick where its prime factors are small, as of whole days in minutes. */
export function fft(series: Complex): Complex {
  const n = series.re.length;
  const { cos, sin } = circle(n);
  // Stockham: each pass takes one factor out and leaves the order right, from one pair of arrays into the other.
  let from: Complex = { re: series.re.slice(), im: series.im.slice() };
  let to: Complex = { re: new Float64Array(n), im: new Float64Array(n) };
  let left = n;
  let stride = 1;
  for (const factor of factors(n)) {
    left /= factor;
    const pass = { factor, left, stride, cos, sin };
    if (factor === 4) passOfFour(from, to, pass);
    else passOfAny(from, to, pass);
    [from, to] = [to, from];
    stride *= factor;
  }
  return from;
}

/** The transform back. */
export function inverseFft({ re, im }: Complex): Complex {
  // With the parts exchanged, forwards is backwards.
  const { re: backIm, im: backRe } = fft({ re: im, im: re });
  const n = re.length;
  return { re: backRe.map((value) => value / n), im: backIm.map((value) => value / n) };
}

// Private

interface Pass {
  readonly factor: number;
  /** Of the length, what later passes take. */
  readonly left: number;
  /** The product of the factors before. */
  readonly stride: number;
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

function passOfFour(from: Complex, to: Complex, { left, stride, cos, sin }: Pass): void {
  const { re, im } = from;
  const apart = left * stride;
  for (let p = 0; p < left; p += 1) {
    const turn = p * stride;
    const c1 = cos[turn]!;
    const s1 = sin[turn]!;
    const c2 = cos[2 * turn]!;
    const s2 = sin[2 * turn]!;
    const c3 = cos[3 * turn]!;
    const s3 = sin[3 * turn]!;
    for (let q = 0; q < stride; q += 1) {
      const a = q + stride * p;
      const b = a + apart;
      const c = b + apart;
      const d = c + apart;
      const evenRe = re[a]! + re[c]!;
      const evenIm = im[a]! + im[c]!;
      const oddRe = re[a]! - re[c]!;
      const oddIm = im[a]! - im[c]!;
      const sumRe = re[b]! + re[d]!;
      const sumIm = im[b]! + im[d]!;
      const turnedRe = im[b]! - im[d]!;
      const turnedIm = re[d]! - re[b]!;
      const out = q + stride * 4 * p;
      to.re[out] = evenRe + sumRe;
      to.im[out] = evenIm + sumIm;
      store(to, out + stride, oddRe + turnedRe, oddIm + turnedIm, c1, s1);
      store(to, out + 2 * stride, evenRe - sumRe, evenIm - sumIm, c2, s2);
      store(to, out + 3 * stride, oddRe - turnedRe, oddIm - turnedIm, c3, s3);
    }
  }
}

function store(to: Complex, at: number, x: number, y: number, c: number, s: number): void {
  to.re[at] = x * c + y * s;
  to.im[at] = y * c - x * s;
}

function passOfAny(from: Complex, to: Complex, { factor, left, stride, cos, sin }: Pass): void {
  const n = cos.length;
  const apart = left * stride;
  for (let p = 0; p < left; p += 1) {
    for (let k = 0; k < factor; k += 1) {
      const out = stride * (factor * p + k);
      // The k-th output of a transform of `factor` points, turned for its place in the whole.
      let angle = (p * k * stride) % n;
      for (let j = 0; j < factor; j += 1) {
        const c = cos[angle]!;
        const s = sin[angle]!;
        const at = stride * p + apart * j;
        for (let q = 0; q < stride; q += 1) {
          const x = from.re[at + q]!;
          const y = from.im[at + q]!;
          to.re[out + q] = (j === 0 ? 0 : to.re[out + q]!) + x * c + y * s;
          to.im[out + q] = (j === 0 ? 0 : to.im[out + q]!) + y * c - x * s;
        }
        angle = (angle + (n / factor) * k) % n;
      }
    }
  }
}

/** Fours first, then primes: the general pass is quickest where the stride is long. */
function factors(n: number): number[] {
  const found: number[] = [];
  let rest = n;
  for (let factor = 4; rest > 1; ) {
    if (rest % factor === 0) {
      found.push(factor);
      rest /= factor;
    } else if (factor * factor > rest && factor > 4) factor = rest;
    else factor = factor === 4 ? 2 : factor === 2 ? 3 : factor + 2;
  }
  return found;
}

/** Cosine and sine of the n-th parts of a turn. */
function circle(n: number): { cos: Float64Array; sin: Float64Array } {
  const cos = new Float64Array(n);
  const sin = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    cos[i] = Math.cos((2 * Math.PI * i) / n);
    sin[i] = Math.sin((2 * Math.PI * i) / n);
  }
  return { cos, sin };
}
