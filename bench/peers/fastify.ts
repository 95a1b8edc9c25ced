import { join } from 'node:path';
import { startServer } from '../support/program.ts';
import { AUDIENCE, ISSUER, SECRET } from '../support/tokens.ts';
import type { Peer } from './peer.ts';

/** A gateway as one builds it in Node: Fastify with its own plugins for tokens, limits and proxying; one process. */
export const fastifyPolicies: Peer = {
  name: 'Fastify, HS256',
  async start({ port, backends }) {
    const path = join(import.meta.dirname, 'programs', 'fastify-gateway.ts');
    const { pid, kill } = await startServer([process.execPath, path], port, {
      NODE_ENV: 'production',
      PORT: `${port}`,
      BACKENDS: backends.join(','),
      SECRET,
      ISSUER,
      AUDIENCE,
    });
    return { pid, stop: kill };
  },
};
