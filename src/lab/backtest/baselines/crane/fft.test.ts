import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fft, inverseFft } from './fft.ts';

for (const n of [1, 2, 4, 6, 30, 77, 240]) {
  test(`the transform of ${n} values is the sum that defines it, and comes back`, () => {
    const re = Float64Array.from({ length: n }, (_, i) => Math.sin(i * i + 1));
    const im = Float64Array.from({ length: n }, (_, i) => Math.cos(3 * i));
    const spectrum = fft({ re, im });
    for (let k = 0; k < n; k += 1) {
      let [sumRe, sumIm] = [0, 0];
      for (let i = 0; i < n; i += 1) {
        const angle = (-2 * Math.PI * i * k) / n;
        sumRe += (re[i] ?? 0) * Math.cos(angle) - (im[i] ?? 0) * Math.sin(angle);
        sumIm += (re[i] ?? 0) * Math.sin(angle) + (im[i] ?? 0) * Math.cos(angle);
      }
      assert.ok(isNear(spectrum.re[k], sumRe) && isNear(spectrum.im[k], sumIm), `${k}`);
    }
    const back = inverseFft(spectrum);
    assert.ok(re.every((value, i) => isNear(back.re[i], value) && isNear(back.im[i], im[i] ?? 0)));
  });
}

function isNear(value: number | undefined, wanted: number): boolean {
  return value !== undefined && Math.abs(value - wanted) < 1e-9;
}
