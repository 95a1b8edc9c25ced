/**
 * The worker of the benchmark of tasks: answers at once, or holds all until it is let go. A body with `sentAt` (ms since
 * the epoch) is timed.
 */
import { createServer, type ServerResponse } from 'node:http';

let held: ServerResponse[] | null = null;
let calls = 0;
let tookMs: number[] = [];

const answer = (response: ServerResponse): void => {
  calls += 1;
  response.setHeader('content-type', 'application/json');
  response.end('{"ok":true}');
};
const control = (path: string): object => {
  if (path === '/hold') held = [];
  if (path === '/release') {
    for (const response of held ?? []) answer(response);
    held = null;
  }
  if (path === '/reset') [calls, tookMs] = [0, []];
  return { calls, held: held?.length ?? 0, tookMs };
};

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    if (request.url !== '/run')
      return void response.end(JSON.stringify(control(request.url ?? '')));
    const { sentAt } = JSON.parse(body) as { sentAt?: number };
    if (sentAt !== undefined) tookMs.push(performance.timeOrigin + performance.now() - sentAt);
    if (held) held.push(response);
    else answer(response);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env['PORT']), process.env['HOST']);
process.on('SIGTERM', () => process.exit(0));
