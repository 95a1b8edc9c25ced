import { defineConfig } from 'tidegate';

/** This Node runs Tidegate, so it runs TypeScript too; the `node` on the PATH may be older. */
const node = process.execPath;
// The environment may say otherwise: TIDEGATE_GATEWAY_PORT=9000 ../../bin/tidegate up
const port = Number(process.env.TIDEGATE_GATEWAY_PORT ?? 8080);

export default defineConfig({
  name: 'tasks',
  admin: { port: Number(process.env.TIDEGATE_ADMIN_PORT ?? 8081) },
  // Started and looked after by Tidegate; services find it in MAIN_URL.
  databases: { main: { kind: 'postgres' } },
  gateway: {
    port,
    routes: [
      { path: '/', service: 'api' },
      { path: '/api/*', service: 'api' },
    ],
  },
  services: {
    api: {
      command: [node, 'api/server.ts'],
      health: { path: '/health' },
      env: { TASKS_URL: `http://127.0.0.1:${port}/tasks` },
    },
    // Does what it is sent. Without tasks there is no process.
    worker: {
      command: [node, 'workers/typescript/server.ts'],
      health: { path: '/health' },
      concurrency: 4,
      scale: {
        min: 0,
        max: 4,
        policy: 'target',
        target: { drainTime: '10s' },
        cooldown: { down: '5s' },
        sleepAfter: '10s',
      },
    },
    // Fetches what it does.
    words: {
      command: ['python3', 'workers/python/worker.py'],
      scale: {
        min: 0,
        max: 2,
        policy: 'target',
        target: { drainTime: '10s' },
        cooldown: { down: '5s' },
        sleepAfter: '10s',
      },
    },
  },
  tasks: {
    queues: {
      default: { service: 'worker', path: '/run', retries: 3, timeout: '30s' },
      words: { service: 'words', delivery: 'pull', timeout: '30s' },
    },
    schedules: {
      // Every quarter of an hour, however many dispatchers there are.
      tides: {
        cron: '*/15 * * * *',
        timezone: 'UTC',
        queue: 'default',
        body: { type: 'hash', data: { text: 'tide' } },
      },
    },
  },
});
