'use strict';
// A worker of the tests of tasks: writes down each delivery before it answers it, and answers after WORK_MS with the number
// it was sent. A file outlives whatever kills its writer. The database's address is left beside it for the test.
const { openSync, writeFileSync, writeSync } = require('node:fs');
const { createServer } = require('node:http');
const { join } = require('node:path');

const { LEDGER, WORK_MS, MAIN_URL, TIDEGATE_REPLICA, PORT, HOST } = process.env;
const delivered = openSync(
  join(LEDGER, `${TIDEGATE_REPLICA}.${process.pid}.delivered`),
  'a',
  0o600,
);
writeFileSync(join(LEDGER, 'database-url'), MAIN_URL, { mode: 0o600 });

createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    if (request.method !== 'POST') return response.end();
    const { number } = JSON.parse(body);
    writeSync(delivered, `${String(request.headers['task-id'])} ${number}\n`);
    response.setHeader('content-type', 'application/json');
    setTimeout(() => response.end(JSON.stringify({ number })), Number(WORK_MS));
  });
}).listen(PORT, HOST);
process.on('SIGTERM', () => process.exit(0));
