import type { ForeignQueue } from './foreign-queue.ts';
import { lengthOf } from './length.ts';

const ANSWER_MS = 2_000;

/** The length of a list; one that is not there is empty. BullMQ keeps what waits in `bull:NAME:wait`. */
export function redisList(url: () => string, list: string, answerMs = ANSWER_MS): ForeignQueue {
  let connected: Connected | null = null;

  const connect = async (): Promise<Connected> => {
    // Loaded by who needs it: it is a third of all that a control plane would load.
    const { createClient } = await import('redis');
    const client = createClient({
      url: readable(url()),
      name: 'tidegate-backlog',
      // It is asked again in a second: whoever waits for a connection would ask with an old question.
      disableOfflineQueue: true,
      commandOptions: { timeout: answerMs },
      socket: { connectTimeout: answerMs, socketTimeout: 60_000, reconnectStrategy: false },
    });
    const gone = (): void => {
      if (connected?.client === client) connected = null;
      if (client.isOpen) client.destroy();
    };
    client.on('error', gone);
    let isLate = false;
    // A server that hangs takes connections and says nothing; for that the client has no limit of its own.
    const late = setTimeout(() => {
      isLate = true;
      gone();
    }, answerMs);
    try {
      await client.connect();
    } catch (thrown) {
      throw isLate ? new Error(`no answer within ${answerMs / 1000} s`) : thrown;
    } finally {
      clearTimeout(late);
    }
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

/** What it is refused with otherwise carries the address, its password included, into the log. */
function readable(url: string): string {
  if (!URL.canParse(url)) throw new Error('its address is none');
  return url;
}

interface Connected {
  readonly client: unknown;
  readonly length: () => Promise<number>;
  /** Lets go of it, so that the next question makes another. */
  readonly gone: () => void;
}
