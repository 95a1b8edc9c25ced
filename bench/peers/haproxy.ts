import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { find, startServer } from '../support/program.ts';
import type { Peer } from './peer.ts';

/** The least one can write: the same servers and threads, no routes, no checks, no log, no headers. */
export const bareHaproxy: Peer = {
  name: 'bare HAProxy',
  async start({ folder, port, backends, threads }) {
    const path = join(folder, 'haproxy.cfg');
    const servers = backends.map((backend, at) => `  server s${at} 127.0.0.1:${backend}`);
    writeFileSync(
      path,
      `global
  nbthread ${threads}
  no strict-limits
defaults
  mode http
  timeout client 60s
  timeout connect 5s
  timeout server 60s
frontend front
  bind 127.0.0.1:${port}
  default_backend back
backend back
  balance leastconn
${servers.join('\n')}
`,
    );
    const { pid, kill } = await startServer([find('haproxy'), '-db', '-q', '-f', path], port);
    return { pid, stop: kill };
  },
};
