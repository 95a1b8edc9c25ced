import { defineConfig } from 'tidegate';

/** This Node runs Tidegate; the `node` on the PATH may be older. */
const node = process.execPath;

export default defineConfig({
  name: 'website',
  admin: { port: Number(process.env.TIDEGATE_ADMIN_PORT ?? 8081) },
  gateway: {
    port: Number(process.env.TIDEGATE_GATEWAY_PORT ?? 8080),
    // HTML, CSS and SVG leave compressed: `compression` is on unless it is switched off.
    securityHeaders: true,
    routes: [
      // Asked from a replica each time: it says something about the replica.
      { path: '/health', service: 'site' },
      // Changes seldom, and is asked for by every page.
      { path: '/assets/*', service: 'site', cache: { ttl: '1h' } },
      // A change of a page is seen within half a minute, or at once after `tidegate purge --all`.
      {
        path: '/*',
        service: 'site',
        cache: { ttl: '30s' },
        // The gateway's own set leaves out what only the site can know: where its pages load things from.
        responseHeaders: { 'content-security-policy': "default-src 'self'" },
      },
    ],
  },
  services: {
    site: {
      command: [node, 'server.js'],
      health: { path: '/health' },
      balance: 'least-connections',
      // Four, always: a site this small needs no more, and one that dies is not noticed.
      scale: { min: 4, max: 4 },
    },
  },
});
