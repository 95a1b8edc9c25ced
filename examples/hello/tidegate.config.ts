import { defineConfig } from 'tidegate';

export default defineConfig({
  services: {
    // One service gets every request. Everything else has a default: 1 to 10 replicas, policy `linear`.
    hello: { command: 'node server.js' },
  },
});
