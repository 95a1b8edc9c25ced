/**
 * The largest value of a window in constant time: values that a later, larger one hides are forgotten at once, so what
 * is left falls from the front (the maximum) to the back.
 */
export interface Maximum {
  enter(at: number, value: number): void;
  /** Forgets what entered at `at` or before. */
  leave(at: number): void;
  /** Undefined when nothing is left. */
  readonly value: number | undefined;
}

export function createMaximum(): Maximum {
  const falling: { readonly at: number; readonly value: number }[] = [];
  return {
    enter(at, value) {
      while (falling.length > 0 && (falling.at(-1)?.value as number) <= value) falling.pop();
      falling.push({ at, value });
    },
    leave(at) {
      while (falling.length > 0 && (falling[0]?.at as number) <= at) falling.shift();
    },
    get value() {
      return falling[0]?.value;
    },
  };
}
