/** Round values from 0 to the first at or above `most`, about four; whole ones where only whole numbers are shown. */
export function valueTicks(most: number, whole: boolean): readonly number[] {
  if (!(most > 0)) return [0, 1];
  const step = Math.max(whole ? 1 : 0, roundStep(most / 3));
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

const TIME_STEPS_S = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600,
];

/** Moments to be written under the axis: few enough for a phone. */
export function timeTicks(durationS: number): readonly number[] {
  const step = timeStep(durationS / 5);
  const count = Math.floor(durationS / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toFixed(1)));
}

/** The smallest round span of time that is not shorter. */
export function timeStep(atLeastS: number): number {
  return (
    TIME_STEPS_S.find((step) => step >= atLeastS - 1e-9) ?? Math.ceil(atLeastS / 86_400) * 86_400
  );
}

// Private

/** 1, 2 or 5 times a power of ten, the smallest that is not smaller. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const factor = [1, 2, 5].find((each) => each * power >= atLeast * (1 - 1e-9)) ?? 10;
  return factor * power;
}
