import { defineConfig } from 'tidegate';
import { secretFile } from './shared/secret.ts';

/** This Node runs Tidegate, so it runs TypeScript too; the `node` on the PATH may be older. */
const node = process.execPath;

export default defineConfig({
  name: 'secure-api',
  // The environment may say otherwise: TIDEGATE_GATEWAY_PORT=9000 ../../bin/tidegate up
  admin: { port: Number(process.env.TIDEGATE_ADMIN_PORT ?? 8081) },
  gateway: {
    port: Number(process.env.TIDEGATE_GATEWAY_PORT ?? 8080),
    jwt: {
      main: {
        // What signs is named here. A token that says otherwise of itself is refused.
        algorithms: ['HS256'],
        keys: { file: secretFile },
        issuer: 'https://login.example.org',
        audience: 'secure-api',
        clockSkew: '0s',
        // Whoever is behind the gateway believes this header: nobody else can set it.
        forward: { sub: 'x-user-id' },
      },
    },
    securityHeaders: true,
    routes: [
      // Guessing passwords takes a while.
      { path: '/login', service: 'login', rateLimit: { per: 'ip', requests: 20, window: '10s' } },
      {
        path: '/data/*',
        service: 'api',
        auth: 'main',
        scopes: ['data:read'],
        rateLimit: { per: 'claim:sub', requests: 200, window: '1s', followCapacity: true },
      },
      { path: '/process', methods: ['POST'], service: 'process', auth: 'main', timeout: '10s' },
      // Answers when it is done; with `Prefer: respond-async` at once, and it is done when there is room.
      {
        path: '/longtask',
        methods: ['POST'],
        service: 'process',
        auth: 'main',
        timeout: '60s',
        async: true,
      },
      // One answer out of two requests; each is judged by the rules of its own route as well.
      {
        path: '/overview/:id',
        auth: 'main',
        scopes: ['data:read'],
        aggregate: {
          record: '/data/:id',
          cache: { path: '/metrics.json', optional: true, timeout: '1s' },
        },
      },
      // For everybody, and made anew every two seconds at most, however many ask.
      { path: '/metrics', service: 'api', cache: { ttl: '2s', size: '1MB', maxObject: '64KB' } },
      { path: '/metrics.json', service: 'api' },
    ],
  },
  // A task is shown to whoever sent it. They are in `main`, too.
  tasks: { auth: 'main' },
  // Started and looked after by Tidegate: services find them in MAIN_URL and CACHE_URL.
  databases: {
    main: { kind: 'postgres' },
    cache: { kind: 'redis' },
  },
  services: {
    login: {
      command: [node, 'login/server.ts'],
      health: { path: '/health' },
      env: { JWT_SECRET: { file: secretFile } },
    },
    api: {
      command: [node, 'api/server.ts'],
      health: { path: '/health' },
      concurrency: 50,
      breaker: { errors: '50%', window: '10s' },
      scale: { min: 1, max: 4 },
    },
    process: {
      command: [node, 'process/server.ts'],
      health: { path: '/health' },
      scale: { min: 2, max: 4 },
    },
  },
});
