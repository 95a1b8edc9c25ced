import { messageOf } from '../../kit/errors.ts';
import { startLoop } from '../../kit/loop.ts';
import type { Log } from '../../kit/log.ts';

/** Something that is done again and again. */
export interface Chore {
  readonly name: string;
  readonly intervalMs: number;
  readonly turn: () => Promise<void> | void;
}

/** Does them side by side, each on its own; one that fails is said once, and tried again. */
export function startChores(chores: readonly Chore[], log: Log): { stop(): Promise<void> } {
  const loops = chores.map(({ name, intervalMs, turn }) => {
    let failed = false;
    return startLoop({
      intervalMs: () => intervalMs,
      async turn() {
        await turn();
        failed = false;
      },
      onError(thrown) {
        if (!failed) log.warn({ reason: messageOf(thrown) }, `${name}: failed, is tried again`);
        failed = true;
      },
    });
  });
  return {
    stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))),
  };
}
