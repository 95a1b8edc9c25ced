import { defineConfig } from 'tidegate';

/** This Node runs Tidegate, so it runs TypeScript too; the `node` on the PATH may be older. */
const node = process.execPath;

export default defineConfig({
  name: 'shop',
  engine: 'local',
  // The environment may say otherwise: TIDEGATE_GATEWAY_PORT=9000 npm start
  admin: { port: Number(process.env.TIDEGATE_ADMIN_PORT ?? 8081) },
  gateway: {
    port: Number(process.env.TIDEGATE_GATEWAY_PORT ?? 8080),
    routes: [
      // The first match wins. `/users/*` is `/users` and everything below it.
      { path: '/api/*', service: 'api', timeout: '15s' },
      { path: '/users/*', service: 'users' },
      { path: '/orders/*', service: 'orders' },
      { path: '/payments/*', service: 'payments' },
    ],
  },
  services: {
    api: {
      command: [node, 'api/server.ts'],
      health: { path: '/api/health' },
      scale: {
        min: 1,
        max: 6,
        // `target` goes straight to the count it needs (110 requests a second at 20 for each replica: 6), where
        // `linear` goes one step at a time. A minute of load is short, so this is the policy that shows something.
        policy: 'target',
        // The larger answer wins: by rate under many light requests, by CPU under few heavy ones (/api/cpu-bound).
        target: { rps: 20, cpu: '70%' },
        // Far shorter than one would take in earnest (10 s; 3 s and 60 s), so that a minute is enough to watch.
        window: '5s',
        burst: { window: '2s' },
        cooldown: { up: '1s', down: '4s' },
      },
    },
    // Behind the API, with the policy one gets without asking: `linear`, by CPU, memory and latency.
    users: {
      command: [node, 'users/server.ts'],
      health: { path: '/health' },
      scale: { max: 3 },
    },
    orders: {
      command: [node, 'orders/server.ts'],
      health: { path: '/health' },
      scale: { max: 3 },
    },
    payments: {
      command: [node, 'payments/server.ts'],
      health: { path: '/health' },
      // The bank takes no more than 20 at a time from each replica: more wait at the gateway, nobody is refused.
      concurrency: 20,
      scale: { max: 3, policy: 'target' },
    },
  },
});
