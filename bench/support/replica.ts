/**
 * The service of the benchmarks. `/slow` answers after 200 ms without using the CPU; with TRACES it leaves a file named
 * by its pid when it first answers one: when it was asked to start (by its own clock) and when that answer went out.
 */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const traces = process.env['TRACES'];
let answered = false;

const server = createServer((request, response) => {
  if (request.url === '/health') {
    response.end('ok');
    return;
  }
  setTimeout(() => {
    response.end('ok');
    if (answered || traces === undefined) return;
    answered = true;
    const trace = { startedAt: performance.timeOrigin, answeredAt: Date.now() };
    writeFileSync(join(traces, `${process.pid}`), JSON.stringify(trace));
  }, 200);
});
server.listen(Number(process.env['PORT']), process.env['HOST']);
process.on('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});
