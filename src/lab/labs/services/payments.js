// Takes payments in WELL_MS. While the file ILL is there it is ill: each takes ILL_MS and fails. Its health check never
// notices. Each attempt is a line in ATTEMPTS: `well` or `ill`.
import { appendFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:http';

const { PORT, HOST, ILL, ATTEMPTS, WELL_MS = '0', ILL_MS = '0' } = process.env;

createServer((request, response) => {
  request.resume();
  if (request.url === '/health') return response.end('well\n');
  const ill = existsSync(ILL);
  appendFileSync(ATTEMPTS, ill ? 'ill\n' : 'well\n');
  setTimeout(
    () => response.writeHead(ill ? 500 : 200).end(ill ? 'ill\n' : 'paid\n'),
    Number(ill ? ILL_MS : WELL_MS),
  );
}).listen(Number(PORT), HOST);
