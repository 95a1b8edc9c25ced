import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createConnector } from '../../src/lab/load/connection.ts';
import type { Outcome } from '../../src/lab/load/outcome.ts';
import { createTarget, type TargetRequest } from '../../src/lab/load/target.ts';

export interface Clients {
  /** Answers so far that were 2xx or 3xx. */
  ok(): number;
  /** No new request after this; resolves when every one under way has ended, none is cut off. */
  finish(): Promise<Account>;
}

interface Account {
  readonly ok: number;
  /** Kind → count, empty when all went well. */
  readonly failed: Readonly<Record<string, number>>;
}

/** Clients with a keep-alive connection each that ask again and again, `thinkMs` after each answer. */
export function keepAsking(
  t: Pick<TestContext, 'after'>,
  url: string,
  options: { users: number; thinkMs?: number; method?: 'GET' | 'POST'; body?: string },
): Clients {
  const { users, thinkMs = 0, ...request } = options;
  // A machine that stands still for a while is no failure.
  const { url: server, requests, timeoutMs } = createTarget(url, { ...request, timeoutMs: 60_000 });
  const openConnection = createConnector(server);
  const [asked] = requests as [TargetRequest];
  const failed: Record<string, number> = {};
  let ok = 0;
  const over = new AbortController();
  // A test that failed must not go on asking.
  t.after(() => over.abort());

  const live = async (index: number): Promise<void> => {
    const connection = openConnection();
    // They arrive over half a second for a thousand: a listener's queue is finite.
    await delay(index / 2);
    while (!over.signal.aborted) {
      const outcome = await new Promise<Outcome>((resolve) => {
        connection.ask(asked, timeoutMs, resolve);
      });
      if (outcome === 'ok') ok++;
      else failed[outcome] = (failed[outcome] ?? 0) + 1;
      if (thinkMs > 0) await delay(thinkMs);
    }
    connection.close();
  };

  const everyone = Promise.all(Array.from({ length: users }, (_, index) => live(index)));
  return {
    ok: () => ok,
    async finish() {
      over.abort();
      await everyone;
      return { ok, failed };
    },
  };
}
