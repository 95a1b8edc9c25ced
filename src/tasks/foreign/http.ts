import { Agent, request } from 'undici';
import type { ForeignQueue } from './foreign-queue.ts';
import { lengthOf } from './length.ts';

const ANSWER_MS = 2_000;
const MOST_BYTES = 64 * 1024;

/** A number in a JSON answer; `path` leads to it through objects and arrays: `['queues', '0', 'length']`. */
export function httpNumber(
  address: string,
  path: readonly string[],
  answerMs = ANSWER_MS,
): ForeignQueue {
  const agent = new Agent({ connections: 1, connect: { timeout: answerMs } });
  return {
    async length() {
      const signal = AbortSignal.timeout(answerMs);
      // undici follows no redirects unless it is told to.
      const { statusCode, body } = await request(address, {
        dispatcher: agent,
        signal,
        headers: { accept: 'application/json' },
      });
      const text = await textOf(body);
      if (statusCode < 200 || statusCode > 299) throw new Error(`it answered ${statusCode}`);
      return lengthOf(found(JSON.parse(text), path));
    },
    close: () => agent.close(),
  };
}

// Private

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`its answer is larger than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function found(answer: unknown, path: readonly string[]): unknown {
  return path.reduce((inside, key) => {
    if (typeof inside === 'object' && inside !== null && Object.hasOwn(inside, key))
      return (inside as Record<string, unknown>)[key];
    throw new Error(`its answer has no ${path.join('.')}`);
  }, answer);
}
