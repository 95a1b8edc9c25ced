import type { Lab } from './lab.ts';

/** Every lab, in the order in which one learns most from them. */
export const LABS: readonly Lab[] = [];
