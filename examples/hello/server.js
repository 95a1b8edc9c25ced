// A program that knows nothing of Tidegate: it listens where it is told, answers, and ends when asked to.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  response.end(`Hello from process ${process.pid}\n`);
});

// Tidegate gives every replica a PORT and a HOST of its own.
server.listen(Number(process.env.PORT ?? 3000), process.env.HOST ?? '127.0.0.1');

// Finish what is being answered, take nothing new, then end.
process.on('SIGTERM', () => server.close());
