import { createClient } from 'redis';
import type { ForeignQueue } from './foreign-queue.ts';
import { lengthOf } from './length.ts';

const ANSWER_MS = 2_000;

/** The length of a list; one that is not there is empty. BullMQ keeps what waits in `bull:NAME:wait`. */
export function redisList(url: () => string, list: string): ForeignQueue {
  let connected: Connected | null = null;

  const connect = async (): Promise<Connected> => {
    const client = createClient({
      url: url(),
      name: 'tidegate-backlog',
      // It is asked again in a second: whoever waits for a connection would ask with an old question.
      disableOfflineQueue: true,
      commandOptions: { timeout: ANSWER_MS },
      socket: { connectTimeout: ANSWER_MS, socketTimeout: 60_000, reconnectStrategy: false },
    });
    const gone = (): void => {
      if (connected?.client === client) connected = null;
      client.destroy();
    };
    client.on('error', () => {
      if (connected?.client === client) connected = null;
      if (client.isOpen) gone();
    });
    await client.connect();
    connected = { client, length: () => client.lLen(list), gone };
    return connected;
  };

  return {
    async length() {
      const { length, gone } = connected ?? (await connect());
      try {
        return lengthOf(await length());
      } catch (thrown) {
        gone();
        throw thrown;
      }
    },
    async close() {
      connected?.gone();
    },
  };
}

// Private

interface Connected {
  readonly client: unknown;
  readonly length: () => Promise<number>;
  /** Lets go of it, so that the next question makes another. */
  readonly gone: () => void;
}
