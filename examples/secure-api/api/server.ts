// Protected data. Nobody comes here without a token: the gateway says who it is in X-User-Id.
import { createServer, listen } from '../shared/server.ts';
import { untilConnected } from './cache.ts';
import { fill } from './fill.ts';
import { metrics, metricsText } from './metrics.ts';
import { findRecord } from './records.ts';

const app = createServer();

app.get<{ Params: { id: string } }>('/data/:id', async ({ params, headers }, reply) => {
  if (!/^\d{1,9}$/.test(params.id)) return reply.code(404).send({ detail: 'No such record.' });
  const { record, from } = await findRecord(Number(params.id));
  reply.header('x-read-from', from);
  if (record === null) return reply.code(404).send({ detail: 'No such record.' });
  return { ...record, readBy: headers['x-user-id'] };
});

app.get('/metrics', async (_request, reply) => {
  return reply.type('text/plain; version=0.0.4').send(metricsText(await metrics()));
});
app.get('/metrics.json', () => metrics());

await untilConnected();
await listen(app, fill);
