/** How an expectation holds what was measured against its bound. */
export type Operator = '<' | '<=' | '>' | '>=';

export const OPERATOR_WORDS = {
  '<': 'below',
  '<=': 'at most',
  '>': 'above',
  '>=': 'at least',
} as const satisfies Readonly<Record<Operator, string>>;

export const COMPARE: Readonly<Record<Operator, (measured: number, bound: number) => boolean>> = {
  '<': (measured, bound) => measured < bound,
  '<=': (measured, bound) => measured <= bound,
  '>': (measured, bound) => measured > bound,
  '>=': (measured, bound) => measured >= bound,
};
