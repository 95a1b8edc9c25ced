export interface Interrupts {
  readonly first: AbortSignal;
  readonly second: AbortSignal;
  /** Signals do what they did before. */
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first signal and the second one, in place of an end at once: what was started must be ended first. Who no longer
 * reads what is printed (`lab all | head`) counts as the first.
 */
export function firstAndSecondSignal(onFirst: () => void): Interrupts {
  const [first, second] = [new AbortController(), new AbortController()];
  const interrupt = (): void => {
    if (first.signal.aborted) return second.abort();
    first.abort();
    onFirst();
  };
  const readers = process.stdout.listeners('error') as ((error: Error) => void)[];
  const nobodyReads = (): void => first.abort();
  process.stdout.removeAllListeners('error').on('error', nobodyReads);
  for (const name of SIGNALS) process.on(name, interrupt);
  return {
    first: first.signal,
    second: second.signal,
    release() {
      for (const name of SIGNALS) process.off(name, interrupt);
      process.stdout.off('error', nobodyReads);
      for (const listener of readers) process.stdout.on('error', listener);
    },
  };
}
