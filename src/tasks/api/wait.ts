import type { Watch } from './watch.ts';

export type Waited<T> =
  /** The newest there is: what was waited for, or what it is when the time is over, or nobody may wait any more. */
  | { readonly kind: 'seen'; readonly value: T }
  /** Too many wait. */
  | { readonly kind: 'refused' };

export interface WaitOptions<T> {
  readonly watch: Watch;
  readonly id: string;
  readonly forMs: number;
  /** Aborted: nobody waits any more. */
  readonly signal: AbortSignal;
  /** Looks at the task. */
  readonly look: () => Promise<T>;
  readonly isOver: (value: T) => boolean;
}

/** Looks at a task until it is over, after each of its changes, at most `forMs`. Rejects with what `look` throws. */
export async function waitFor<T>(options: WaitOptions<T>): Promise<Waited<T>> {
  const { watch, id, forMs, signal, look, isOver } = options;
  let changed = Promise.withResolvers<void>();
  // Before the first look, or a change right after it would be missed.
  const stop = watch.add(id, () => changed.resolve());
  if (!stop) return { kind: 'refused' };
  let late = false;
  const giveUp = (): void => {
    late = true;
    changed.resolve();
  };
  const timer = setTimeout(giveUp, forMs);
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  try {
    for (;;) {
      const value = await look();
      if (late || isOver(value)) return { kind: 'seen', value };
      await changed.promise;
      if (!late) changed = Promise.withResolvers();
    }
  } finally {
    stop();
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}
