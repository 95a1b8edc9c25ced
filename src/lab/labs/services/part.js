// Answers after DELAY_MS with what was asked for. What has `broken` in its path or query is a 500.
import { createServer } from 'node:http';

const { PORT, HOST, DELAY_MS = '0', TIDEGATE_SERVICE } = process.env;

createServer((request, response) => {
  const path = request.url ?? '/';
  const answer = () => {
    response.writeHead(path.includes('broken') ? 500 : 200, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify({ service: TIDEGATE_SERVICE, path }));
  };
  request.resume();
  if (path === '/health') answer();
  else setTimeout(answer, Number(DELAY_MS));
}).listen(Number(PORT), HOST);
