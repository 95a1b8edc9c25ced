// Answers at once, except that GET /burn?ms=N uses N ms of CPU before it does. One thread: nobody else is answered meanwhile.
import { createServer } from 'node:http';

const { PORT, HOST } = process.env;

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/burn') {
    const before = process.threadCpuUsage();
    const usedMs = () => {
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / 1000;
    };
    while (usedMs() < Number(searchParams.get('ms')));
  }
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ pid: process.pid }));
}).listen(Number(PORT), HOST);
