// GET /report writes and reads JSON for CPU_MS of CPU: at once (MODE whole), or in slices between which others get their
// turn (MODE slices). Everything else is answered at once; GET /loop says how busy the event loop was since it was last asked.
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setImmediate as othersFirst } from 'node:timers/promises';

const { PORT, HOST, MODE, CPU_MS = '0' } = process.env;
const SLICE_MS = 4;
const record = { id: 1, name: 'a name', tags: ['one', 'two'], sums: [1.5, 2.5, 3.5] };
let before = performance.eventLoopUtilization();

/** Tells what it used: a little more. */
function jsonFor(cpuMs) {
  const start = process.threadCpuUsage();
  for (;;) {
    JSON.parse(JSON.stringify(Array.from({ length: 50 }, () => record)));
    const { user, system } = process.threadCpuUsage(start);
    const usedMs = (user + system) / 1000;
    if (usedMs >= cpuMs) return usedMs;
  }
}

async function report() {
  if (MODE === 'whole') return jsonFor(Number(CPU_MS));
  for (let leftMs = Number(CPU_MS); leftMs > 0; await othersFirst())
    leftMs -= jsonFor(Math.min(SLICE_MS, leftMs));
}

function utilisation() {
  const now = performance.eventLoopUtilization();
  const since = performance.eventLoopUtilization(now, before);
  before = now;
  return since.utilization;
}

async function answer(request, response) {
  request.resume();
  if (request.url === '/report') await report();
  response.setHeader('content-type', 'application/json');
  response.end(request.url === '/loop' ? JSON.stringify({ utilisation: utilisation() }) : '{}');
}

createServer((request, response) => void answer(request, response)).listen(Number(PORT), HOST);
