/** Apart, so that nobody takes it for an import of this file. */
const IMPORT = "import { defineConfig } from 'tidegate';";

/** The file `tidegate init` writes: runs as soon as `command` is right, shows what people change first. */
export const STARTER = `// Tidegate's configuration. Check it: tidegate config check   Start: tidegate up
// All keys: docs/configuration.md of Tidegate, or let the editor complete them.
${IMPORT}

// This is a program: anything from the environment may overrule what stands here.
const port = Number(process.env.TIDEGATE_GATEWAY_PORT ?? 8080);
const adminPort = Number(process.env.TIDEGATE_ADMIN_PORT ?? 8081);
const max = process.env.TIDEGATE_MAX ? Number(process.env.TIDEGATE_MAX) : 'cores';

export default defineConfig({
  admin: { port: adminPort }, // the API, /metrics and the dashboard

  gateway: {
    port, // on 127.0.0.1; host: '0.0.0.0' opens it to the network

    // With several services say which request goes where; the first match wins.
    // routes: [
    //   { path: '/api/*', service: 'api', timeout: '30s' },
    //   { path: '/*', service: 'web' },
    // ],
  },

  services: {
    app: {
      // Listens on $PORT, which is in its environment too.
      command: 'node server.js',

      // A path that answers 2xx or 3xx once the program can work; without it, an open port is enough.
      // health: { path: '/health' },

      // Requests one replica takes at a time; more wait at the gateway.
      // concurrency: 50,

      // A secret is named here and read when Tidegate starts.
      // env: { LOG_LEVEL: 'info', API_KEY: { env: 'API_KEY' } },

      // Above this a replica is replaced.
      // resources: { memory: '512MB' },

      scale: {
        min: 1,
        max, // a number, or 'cores'

        // One replica more when any of these is crossed, one less when all of \`down\` are undercut.
        // up: { cpu: '70%', memory: '80%', latency: '1s' },
        // down: { cpu: '20%', memory: '40%', latency: '200ms' },

        // Or hold a number of requests in flight per replica:
        // policy: 'target', target: { concurrency: 10 },
      },
    },
  },

  // Work that may wait, kept until it is done: POST /tasks/default is delivered to /run when there is room.
  // tasks: { queues: { default: { service: 'app', path: '/run' } } },
});
`;
