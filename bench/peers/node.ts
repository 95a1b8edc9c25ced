import { join } from 'node:path';
import { startServer } from '../support/program.ts';
import type { Peer } from './peer.ts';

/** Proxies as one writes them in Node: one process, as many as `threads` would need a balancer in front. */
export const nodeHttp = nodePeer('node:http proxy', 'node-http-proxy.ts');
export const undici = nodePeer('undici proxy', 'undici-proxy.ts');

// Private

function nodePeer(name: string, program: string): Peer {
  return {
    name,
    async start({ port, backends }) {
      const path = join(import.meta.dirname, 'programs', program);
      const { pid, kill } = await startServer([process.execPath, path], port, {
        PORT: `${port}`,
        BACKENDS: backends.join(','),
      });
      return { pid, stop: kill };
    },
  };
}
