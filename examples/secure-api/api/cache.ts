import { createClient } from 'redis';
import { addressOf } from '../shared/address.ts';

export type Cache = ReturnType<typeof connectTo>;

let current: { readonly url: string; readonly ready: Promise<Cache> } | null = null;

/** The connection to Redis, made anew when it has moved. @throws when Redis is not there: then do without */
export async function cache(): Promise<Cache> {
  const url = addressOf('cache');
  if (current?.url !== url) {
    current?.ready.then((before) => before.destroy()).catch(() => undefined);
    const client = connectTo(url);
    client.on('error', () => undefined);
    const ready = client.connect().then(() => client);
    current = { url, ready };
    ready.catch(() => (current = null));
  }
  return current.ready;
}

function connectTo(url: string) {
  // What cannot be asked at once is not waited for: the database has the answer too.
  return createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 500,
      reconnectStrategy: (tries: number) => Math.min(100 * tries, 2_000),
    },
  });
}
