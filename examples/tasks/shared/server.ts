import { setTimeout as delay } from 'node:timers/promises';
import fastify, { type FastifyInstance } from 'fastify';

/** A server that says it is well, and ends when it is told to, with what it has begun finished. */
export function createServer(): FastifyInstance {
  const app = fastify({ logger: { level: 'warn' } });
  app.get('/health', async () => ({ status: 'ok', pid: process.pid }));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void app.close().then(() => process.exit(0));
    });
  }
  return app;
}

/** Listens where Tidegate says, once `ready` does not throw any more: until then this replica gets no request. */
export async function listen(
  app: FastifyInstance,
  ready: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  while (!(await holds(ready))) await delay(100);
  const { PORT, HOST = '127.0.0.1' } = process.env;
  await app.listen({ port: Number(PORT), host: HOST });
}

async function holds(ready: () => Promise<unknown>): Promise<boolean> {
  try {
    await ready();
    return true;
  } catch {
    return false;
  }
}
