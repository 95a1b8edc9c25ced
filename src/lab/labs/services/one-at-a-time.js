// Takes ?ms=N for each request and does one at a time, as a program does that has one connection to its database. No CPU.
// GET /seen: which x-user came here.
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const { PORT, HOST } = process.env;
const seen = new Set();
let last = Promise.resolve();

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  request.resume();
  response.setHeader('content-type', 'application/json');
  if (pathname === '/health') return response.end('{}');
  if (pathname === '/seen') return response.end(JSON.stringify({ users: [...seen] }));
  seen.add(request.headers['x-user']);
  last = last.then(async () => {
    await delay(Number(searchParams.get('ms')));
    response.end(JSON.stringify({ pid: process.pid }));
  });
}).listen(Number(PORT), HOST);
