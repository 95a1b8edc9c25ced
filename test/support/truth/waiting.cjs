/** Waits so long for each request, which takes no CPU; listens only a while after it was started, as one that has much to load. */
const { createServer } = require('node:http');

const { WORK_MS, START_MS, HOST, PORT } = process.env;

/** Between five sixths and seven sixths of it. */
const startsAfterMs = Number(START_MS) * (5 / 6 + Math.random() / 3);

setTimeout(() => {
  const server = createServer((request, response) => {
    if (request.url === '/health') response.end('ok');
    else setTimeout(() => response.end('done'), Number(WORK_MS));
  });
  server.listen(Number(PORT), HOST);
}, startsAfterMs);

process.on('SIGTERM', () => process.exit(0));
