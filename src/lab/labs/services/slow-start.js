// Needs START_MS before it listens, as programs do that load much. Each one that starts is a line in STARTS; an answer
// says which process it is from, and how long that took from its beginning until it listened.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { PORT, HOST, STARTS, START_MS = '0' } = process.env;

appendFileSync(STARTS, `${process.pid}\n`);
setTimeout(() => {
  let ownStartMs = 0;
  createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ pid: process.pid, ownStartMs }));
    // performance.now() counts from the beginning of the process.
  }).listen(Number(PORT), HOST, () => (ownStartMs = performance.now()));
}, Number(START_MS));
