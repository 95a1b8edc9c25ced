// Work that keeps a core busy. One Node process does one thing at a time, so there are two of them.
import { createHash, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { createServer, listen } from '../shared/server.ts';

const ROUNDS = 20_000;
/** Some seconds, in a thread of its own. */
const LONG_ROUNDS = 8_000_000;
const derive = promisify(pbkdf2);
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

// Knows nothing of tasks: whoever asks waits for this answer, or Tidegate does.
app.post('/longtask', async ({ headers }) => {
  const startedAt = performance.now();
  const user = String(headers['x-user-id']);
  const digest = await derive(user, 'salt', LONG_ROUNDS, 32, 'sha256');
  return {
    user,
    digest: digest.toString('hex'),
    tookMs: Math.round(performance.now() - startedAt),
  };
});

await listen(app);
