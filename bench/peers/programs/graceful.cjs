'use strict';
// A program that ends as it should, under PM2 (SIGINT) and Tidegate (SIGTERM) alike: no new connection, then what is
// under way. PM2 gives each copy the same port; Tidegate its own in PORT.
const { createServer } = require('node:http');

const server = createServer((_request, response) => {
  setTimeout(() => response.end('hello'), 5);
});
server.listen(Number(process.env.PORT), '127.0.0.1');
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => server.close(() => process.exit(0)));
}
