import type { RuntimeSocket } from './runtime-socket.ts';
import { commandWord } from './render/quote.ts';
import { LOG_ALL, nextPermille } from './sampling.ts';

/** Keeps the share of logged requests of each service such that enough lines arrive and not many more. */
export interface Sampler {
  /** @throws TidegateError GATEWAY_SILENT, GATEWAY_COMMAND_FAILED; the next call tries again */
  adjust(requestsPerSecond: ReadonlyMap<string, number>): Promise<void>;
  /** Finds out what another control plane has told it last. @throws TidegateError GATEWAY_SILENT, GATEWAY_COMMAND_FAILED */
  learn(): Promise<void>;
  /**
   * A new worker has read its map afresh: tells it what the one before knew of `services`, the keys it still has.
   * @throws TidegateError GATEWAY_SILENT, GATEWAY_COMMAND_FAILED; all are logged then
   */
  restore(services: ReadonlySet<string>): Promise<void>;
}

export function createSampler(runtime: RuntimeSocket, mapPath: string): Sampler {
  const permille = new Map<string, number>();
  const command = ([service, share]: readonly [string, number]): string =>
    `set map ${commandWord(mapPath)} ${service} ${share}`;

  return {
    async learn() {
      const map = await runtime.ask(`show map ${commandWord(mapPath)}`);
      for (const [, service, share] of map.matchAll(/^\S+ (\S+) (\d+)$/gm))
        permille.set(service as string, Number(share));
    },
    async adjust(requestsPerSecond) {
      const changed = [...requestsPerSecond]
        .map(([service, rate]) => {
          const now = permille.get(service) ?? LOG_ALL;
          return [service, nextPermille(now, rate), now] as const;
        })
        .filter(([, next, now]) => next !== now);
      await runtime.change(changed.map(([service, next]) => command([service, next])));
      for (const [service, next] of changed) permille.set(service, next);
    },
    async restore(services) {
      const known = [...permille].filter(
        ([service, share]) => share !== LOG_ALL && services.has(service),
      );
      permille.clear();
      await runtime.change(known.map(command));
      for (const [service, share] of known) permille.set(service, share);
    },
  };
}
