import type { FastifyInstance } from 'fastify';
import { SECOND } from '../../kit/clock.ts';
import type { LoginCode, SessionKey } from '../contract.ts';
import { codeRefused } from '../errors.ts';
import { CODE_BODY } from '../queries.ts';
import { SESSION_LIFE_MS } from '../sessions.ts';
import type { Sessions } from '../sessions.ts';

/** The way from the token to the page: a one-time code, exchanged for a cookie that reads and a key that acts beside it. */
export function addLogin(app: FastifyInstance, { sessions }: { sessions: Sessions }): void {
  app.post('/api/v1/login-codes', { config: { access: 'write' } }, (_request, reply): LoginCode => {
    const { code, expiresAt } = sessions.issueCode();
    reply.code(201);
    return { code, expiresAt: new Date(expiresAt).toISOString() };
  });

  app.post<{ Body: { code: string } }>(
    '/api/v1/session',
    { config: { access: 'open' }, schema: { body: CODE_BODY } },
    ({ body }, reply): SessionKey => {
      const session = sessions.exchange(body.code);
      if (session === null) throw codeRefused();
      // The path keeps the cookie from services that listen on other ports of the same host.
      const attributes = `Path=/api/v1/; Max-Age=${SESSION_LIFE_MS / SECOND}; HttpOnly; SameSite=Strict`;
      reply.header('set-cookie', `${sessions.cookieName}=${session.id}; ${attributes}`);
      return { key: session.key, endsAt: new Date(session.endsAt).toISOString() };
    },
  );
}
