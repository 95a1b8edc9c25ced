/** A worker whose tasks take TASK_MS each and no CPU to speak of, so that the machine's cores do not bound how many run. */
import { createServer } from 'node:http';

const { PORT, HOST, TASK_MS } = process.env;

createServer((request, response) => {
  request.resume();
  const answer = (): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"done":true}');
  };
  if (request.url === '/health') answer();
  else setTimeout(answer, Number(TASK_MS));
}).listen(Number(PORT), HOST);
