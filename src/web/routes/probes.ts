import type { FastifyInstance } from 'fastify';
import type { ControlPlane } from '../../control/control.ts';
import { metricsText } from '../prometheus.ts';

/** For supervisors and Prometheus: free on loopback, with the token from elsewhere. */
export function addProbes(
  app: FastifyInstance,
  { control, version }: { control: ControlPlane; version: string },
): void {
  const config = { access: 'local' } as const;

  app.get('/livez', { config }, async (_request, reply) => reply.type('text/plain').send('ok\n'));

  app.get('/readyz', { config }, async (_request, reply) => {
    const { ready } = control.view();
    return reply
      .code(ready ? 200 : 503)
      .type('text/plain')
      .send(ready ? 'ready\n' : 'not every service has its minimum ready\n');
  });

  app.get('/metrics', { config }, async (_request, reply) =>
    reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .send(metricsText(control.view(), control.counters, version)),
  );
}
