/**
 * A server that knows how long it took: `known-server.ts PORT delays|stall SECONDS`. `delays`: each answer after a time
 * of its own, between 60 ms and 1.8 s, few of them long. `stall`: at once, but when half of SECONDS have gone by since the
 * first request nobody is answered for a second. `/told` says the percentiles since it was asked last.
 */
import { createServer } from 'node:http';
import { quantile } from './report.ts';

export interface TrueLatencies {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How long nobody was answered. */
  readonly stalledMs: number;
}

// Private

const STALL_MS = 1000;

/** Half of all take up to 85 ms, a tenth more than 190, a hundredth more than 600. */
function delayMs(share: number): number {
  return Math.min(1800, 60 * (1 - share) ** -0.5);
}

const [port, kind, seconds] = process.argv.slice(2);
let tookMs: number[] = [];
let asked = 0;
let stalledMs = 0;

const server = createServer((request, answer) => {
  if (request.url === '/told') {
    const [p50Ms, p90Ms, p99Ms] = [0.5, 0.9, 0.99].map((fraction) => quantile(tookMs, fraction));
    const maxMs = quantile(tookMs, 1);
    answer.end(JSON.stringify({ requests: tookMs.length, p50Ms, p90Ms, p99Ms, maxMs, stalledMs }));
    tookMs = [];
    asked = 0;
    return;
  }
  const fromMs = performance.now();
  answer.on('finish', () => tookMs.push(performance.now() - fromMs));
  if (kind === 'stall') {
    if (asked++ === 0) setTimeout(stall, Number(seconds) * 500);
    answer.end('hello');
    return;
  }
  // The golden ratio spreads them evenly over the distribution, however many there are.
  const share = (asked++ * 0.618_033_988_749_894_9) % 1;
  setTimeout(() => answer.end('hello'), delayMs(share));
});
if (port !== undefined) server.listen(Number(port), '127.0.0.1', 4096);

function stall(): void {
  const fromMs = performance.now();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL_MS);
  stalledMs = performance.now() - fromMs;
}
