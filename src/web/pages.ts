import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { pageNotBuilt } from './errors.ts';
import { readPage } from './page-files.ts';
import type { PageFile } from './page-files.ts';

/** Where Vite puts it: beside this file in a package, in `dist/` of a clone, which runs its sources. */
const FOLDER = import.meta.filename.endsWith('.ts')
  ? join(import.meta.dirname, '../../dist/web/dashboard')
  : join(import.meta.dirname, 'dashboard');

/**
 * The page: its files hold no data and need no token. They are kept in memory, so that a build while it is served breaks
 * nothing; where it is not built the rest of the API serves all the same.
 */
export function addPages(app: FastifyInstance, folder = FOLDER): void {
  let page = readPage(folder);
  const config = { access: 'open' } as const;
  const send = (reply: FastifyReply, { type, body }: PageFile): FastifyReply =>
    reply.type(type).header('cache-control', 'no-cache').send(body);

  app.get('/', { config }, async (_request, reply) => {
    page ??= readPage(folder);
    const index = page?.get('index.html');
    if (!index) throw pageNotBuilt();
    return send(reply, index);
  });
  app.get<{ Params: { '*': string } }>('/dashboard/*', { config }, async (request, reply) => {
    const file = page?.get(request.params['*']);
    return file ? send(reply, file) : reply.callNotFound();
  });
}
