import { Agent, request } from 'node:http';

export interface Offered {
  /** ms since the first request. */
  readonly atMs: number;
  readonly status: number;
  readonly tookMs: number;
  /** What a 429 says of the limit in force; null: it is none, or says nothing. */
  readonly quota: number | null;
}

/** Offers requests at an even rate, whatever becomes of them, until `goOn` says no; in the order of their answers. */
export async function offer(
  url: string,
  perSecond: number,
  goOn: (atMs: number) => boolean,
  onAnswer: (answer: Offered) => void = () => undefined,
): Promise<readonly Offered[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  const startedMs = performance.now();
  const answers: Offered[] = [];
  const pending = new Set<Promise<void>>();
  const ask = async (): Promise<void> => {
    const answer = await ended(url, agent, startedMs);
    answers.push(answer);
    onAnswer(answer);
  };
  for (let sent = 0; goOn(performance.now() - startedMs); ) {
    const due = ((performance.now() - startedMs) / 1_000) * perSecond;
    for (; sent < due; sent++) {
      const asked: Promise<void> = ask().finally(() => pending.delete(asked));
      pending.add(asked);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(pending);
  agent.destroy();
  return answers;
}

// Private

function ended(url: string, agent: Agent, startedMs: number): Promise<Offered> {
  const sentMs = performance.now();
  return new Promise((resolve, reject) => {
    request(url, { agent })
      .on('response', (response) => {
        response.resume();
        response.on('end', () => {
          const policy = String(response.headers['ratelimit-policy'] ?? '');
          const quota = /;q=(\d+)/.exec(policy)?.[1];
          resolve({
            atMs: performance.now() - startedMs,
            status: response.statusCode ?? 0,
            tookMs: performance.now() - sentMs,
            quota: quota === undefined ? null : Number(quota),
          });
        });
      })
      .on('error', reject)
      .end();
  });
}
