/** How far back the page looks. Each has its step, so that no chart has more than some hundred points. */
export interface Range {
  readonly label: string;
  /** For a screen reader. */
  readonly name: string;
  readonly spanMs: number;
  readonly stepMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const SHORTEST: Range = {
  label: '5 min',
  name: '5 minutes',
  spanMs: 5 * MINUTE,
  stepMs: SECOND,
};

export const RANGES: readonly Range[] = [
  SHORTEST,
  { label: '15 min', name: '15 minutes', spanMs: 15 * MINUTE, stepMs: 2 * SECOND },
  { label: '1 h', name: 'hour', spanMs: HOUR, stepMs: 10 * SECOND },
  { label: '6 h', name: '6 hours', spanMs: 6 * HOUR, stepMs: MINUTE },
  { label: '2 d', name: '2 days', spanMs: 2 * DAY, stepMs: 10 * MINUTE },
  { label: '14 d', name: '14 days', spanMs: 14 * DAY, stepMs: HOUR },
];

/** The most points that are kept for a range: one a step, and the one that begins. */
export function mostPoints({ spanMs, stepMs }: Range): number {
  return Math.ceil(spanMs / stepMs) + 1;
}
