// Takes WORK_MS and no CPU to speak of. What changes something (POST) is written into LEDGER first, a line each, under
// the id of the task or of the request: who reads it knows what was really done, and how often.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { PORT, HOST, LEDGER, WORK_MS = '0', TIDEGATE_REPLICA } = process.env;

createServer((request, response) => {
  const id = String(request.headers['task-id'] ?? request.headers['x-request-id']);
  const answer = () => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id, replica: TIDEGATE_REPLICA }));
  };
  request.resume();
  if (request.url === '/health') return answer();
  if (request.method === 'POST' && LEDGER) appendFileSync(LEDGER, `${id}\n`);
  setTimeout(answer, Number(WORK_MS));
}).listen(Number(PORT), HOST);
