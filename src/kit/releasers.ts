export type Release = () => Promise<void> | void;

export interface Releasers {
  /** Remembers how to give back something just taken. */
  add(name: string, release: Release): void;
  /** Gives everything back in the reverse order; goes on past failures and then throws them all as one. */
  releaseAll(): Promise<void>;
}

/** Everything started is released, last taken first given back, exactly once. */
export function createReleasers(): Releasers {
  const taken: { name: string; release: Release }[] = [];
  let released: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (let next = taken.pop(); next; next = taken.pop()) {
      try {
        await next.release();
      } catch (cause) {
        failures.push(new Error(`release ${next.name}`, { cause }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'could not release everything');
  };

  return {
    add(name, release) {
      taken.push({ name, release });
    },
    releaseAll() {
      released ??= run();
      return released;
    },
  };
}
