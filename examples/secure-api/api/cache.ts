import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';

// What cannot be asked at once is not waited for: the database has the answer too.
const client = createClient({
  url: process.env['CACHE_URL'] ?? '',
  disableOfflineQueue: true,
  socket: {
    connectTimeout: 500,
    reconnectStrategy: (tries: number) => Math.min(100 * tries, 2_000),
  },
});
client.on('error', () => undefined);
const connected = client.connect().catch(() => undefined);

/** The connection to Redis, made again whenever it breaks. @throws when Redis is not there: then do without */
export function cache(): typeof client {
  if (!client.isReady) throw new Error('not connected');
  return client;
}

/** Waits for Redis, but not for long. */
export async function untilConnected(): Promise<void> {
  await Promise.race([connected, delay(2_000)]);
}
