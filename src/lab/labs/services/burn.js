// Answers at once, except that GET /burn?ms=N computes for N ms before it does. One thread: nobody else is answered meanwhile.
import { createServer } from 'node:http';

const { PORT, HOST } = process.env;

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/burn') {
    const until = performance.now() + Number(searchParams.get('ms'));
    while (performance.now() < until);
  }
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ pid: process.pid }));
}).listen(Number(PORT), HOST);
