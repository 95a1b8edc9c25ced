// Work that keeps a core busy. One Node process does one thing at a time, so there are two of them.
import { createHash } from 'node:crypto';
import { createServer, listen } from '../shared/server.ts';

const ROUNDS = 20_000;
const app = createServer();

app.post('/process', async ({ headers }) => {
  const startedAt = performance.now();
  let digest = String(headers['x-user-id']);
  for (let round = 0; round < ROUNDS; round++) {
    digest = createHash('sha256').update(digest).digest('hex');
  }
  return {
    replica: process.env['TIDEGATE_REPLICA'],
    digest,
    tookMs: Math.round(performance.now() - startedAt),
  };
});

await listen(app);
