/**
 * The clients of the long tests in a process of their own, so that the test's work does not hold them up:
 * `sender.ts JSON` (SenderOptions). Each has a keep-alive connection and sends GET and POST by turns, each POST with a
 * number of its own, from 1 on. Told `progress` or `finish` over IPC; ends with its parent.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createConnector, type Connection } from '../../../src/lab/load/connection.ts';
import type { Outcome } from '../../../src/lab/load/outcome.ts';
import { createTarget, type TargetRequest } from '../../../src/lab/load/target.ts';

export interface SenderOptions {
  readonly url: string;
  readonly users: number;
  /** What a user waits on average between an answer and the next request. */
  readonly thinkMs: number;
}

export interface Failure {
  /** ms since the epoch, when it was sent. */
  readonly sentAt: number;
  readonly endedAt: number;
  /** As `Outcome` names it: refused, reset, timeout, status-503, … */
  readonly kind: string;
}

export interface Sent {
  readonly get: { readonly sent: number; readonly failures: readonly Failure[] };
  /** `id`: the number of the POST. */
  readonly post: {
    readonly sent: number;
    readonly failures: readonly (Failure & { readonly id: number })[];
  };
}

/** Requests that have ended so far. */
export interface Progress {
  readonly ended: number;
  readonly failed: number;
}

// Private

/** A closed port is not hammered. */
const PAUSE_AFTER_FAILURE_MS = 50;

async function send({ url, users, thinkMs }: SenderOptions): Promise<void> {
  const gets: Failure[] = [];
  const posts: (Failure & { id: number })[] = [];
  const sent = { get: 0, post: 0 };
  let ended = 0;
  const over = new AbortController();
  const { url: server, requests, timeoutMs } = createTarget(url, { timeoutMs: 60_000 });
  const [get] = requests as [TargetRequest];
  const openConnection = createConnector(server);
  const body = 'x'.repeat(2_000);

  const ask = async (
    request: TargetRequest,
    connection: Connection,
    failed: (failure: Failure) => void,
  ) => {
    const sentAt = Date.now();
    const kind = await new Promise<Outcome>((resolve) => {
      connection.ask(request, timeoutMs, resolve);
    });
    ended++;
    if (kind === 'ok') return;
    failed({ sentAt, endedAt: Date.now(), kind });
    await delay(PAUSE_AFTER_FAILURE_MS);
  };

  const live = async (index: number): Promise<void> => {
    const connection = openConnection();
    await delay(index);
    for (let turn = index; !over.signal.aborted; turn++) {
      if (turn % 2 === 0) {
        sent.get++;
        await ask(get, connection, (failure) => gets.push(failure));
      } else {
        const id = ++sent.post;
        const headers = { 'x-ledger-id': String(id) };
        const [post] = createTarget(url, { method: 'POST', body, headers }).requests;
        await ask(post as TargetRequest, connection, (failure) => posts.push({ ...failure, id }));
      }
      if (thinkMs > 0) await delay(2 * thinkMs * Math.random());
    }
    connection.close();
  };

  process.on('message', (message) => {
    if (message === 'finish') over.abort();
    else process.send?.({ ended, failed: gets.length + posts.length } satisfies Progress);
  });
  process.on('disconnect', () => process.exit());
  await Promise.all(Array.from({ length: users }, (_, index) => live(index)));
  const account: Sent = {
    get: { sent: sent.get, failures: gets },
    post: { sent: sent.post, failures: posts },
  };
  process.send?.(account, () => process.exit());
}

await send(JSON.parse(process.argv[2] as string) as SenderOptions);
