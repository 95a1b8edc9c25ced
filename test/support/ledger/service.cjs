'use strict';
// A replica of the long tests: answers after 1 to 5 ms with 100 to 15,000 bytes, and writes down each POST that it
// carries out before it answers: a file outlives whatever kills its writer.
const { openSync, writeSync } = require('node:fs');
const { createServer } = require('node:http');
const { join } = require('node:path');

const { LEDGER, TIDEGATE_REPLICA, PORT, HOST } = process.env;
const executed = openSync(join(LEDGER, `${TIDEGATE_REPLICA}.${process.pid}.executed`), 'a', 0o600);
const body = Buffer.alloc(15_000, 'x');

createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    if (request.method === 'POST')
      writeSync(executed, `${String(request.headers['x-ledger-id'])}\n`);
    const bytes = 100 + Math.floor(Math.random() * 14_900);
    setTimeout(() => response.end(body.subarray(0, bytes)), 1 + Math.random() * 4);
  });
}).listen(PORT, HOST);
// Nothing is in flight any more when Tidegate sends it.
process.on('SIGTERM', () => process.exit(0));
