// The front of the shop: what a browser or an app talks to. Everything it knows it asks the services behind it.
import { ask } from '../shared/ask.ts';
import { serve } from '../shared/serve.ts';
import { loopDelay } from './loop-delay.ts';
import { work } from './work.ts';

/** Lives in this process alone: with three replicas there are three counters. State to share needs a database. */
let count = 0;

serve({
  'GET /api/health': () => ({ ok: true }),

  'GET /api/users': () => ask('/users'),

  // Both at once: neither needs the other's answer.
  'GET /api/users/:id': async ({ params }) => {
    const id = encodeURIComponent(params['id'] ?? '');
    const [user, orders] = await Promise.all([ask(`/users/${id}`), ask(`/orders?user=${id}`)]);
    return { ...(user as object), orders };
  },

  'POST /api/orders/:id/pay': async ({ params }) => {
    const order = await ask(`/orders/${encodeURIComponent(params['id'] ?? '')}`);
    const { id, cents } = order as { id: number; cents: number };
    return ask('/payments', { order: id, cents });
  },

  // Three seconds in which this replica does nothing else; ?ms=200 makes it shorter.
  'GET /api/cpu-bound': ({ query }) => work(query.get('ms')),

  'GET /api/count': () => ({ count: ++count, pid: process.pid }),

  'GET /api/metrics': () => ({
    pid: process.pid,
    uptimeSeconds: process.uptime(),
    memoryBytes: process.memoryUsage.rss(),
    eventLoopDelayMs: loopDelay(),
  }),
});
