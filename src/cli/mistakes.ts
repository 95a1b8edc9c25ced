import { EXIT, TidegateError } from '../kit/errors.ts';

/** Mistakes in the options of one command, gathered so that all can be told at once. */
export interface Mistakes {
  /** What `get` gives, or null where it throws a TidegateError, which is noted. */
  attempt<T>(get: () => T): T | null;
  add(mistake: TidegateError): void;
  readonly any: boolean;
  /** One error with all of them; a single one keeps its own code. `nothing`: what was not done, `No load was sent`. */
  all(nothing: string, hint: string): TidegateError;
}

export function createMistakes(): Mistakes {
  const mistakes: TidegateError[] = [];
  return {
    attempt(get) {
      try {
        return get();
      } catch (thrown) {
        if (!(thrown instanceof TidegateError)) throw thrown;
        mistakes.push(thrown);
        return null;
      }
    },
    add: (mistake) => void mistakes.push(mistake),
    get any() {
      return mistakes.length > 0;
    },
    all(nothing, hint) {
      const [first, ...more] = mistakes;
      if (first && more.length === 0) return first;
      const errors = mistakes.map(({ code, message, hint: own }) => ({ code, message, hint: own }));
      const list = mistakes.map(({ message }) => `\n  - ${message}`).join('');
      return new TidegateError(
        'BAD_OPTIONS',
        `${nothing}, ${mistakes.length} things are wrong:${list}`,
        { hint, exitCode: EXIT.usage, facts: { errors } },
      );
    },
  };
}
