// The load this site has to stand, rung by rung: node ladder.js [seconds a rung, 5]. Exits 99 where a target is missed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const AT = `http://127.0.0.1:${process.env.TIDEGATE_GATEWAY_PORT ?? 8080}`;
const TIDEGATE = join(import.meta.dirname, '../../bin/tidegate');
const RUNGS = [20, 100, 500];
/** What is asked, and how long 95 of 100 answers may take. */
const TARGETS = [
  { what: 'health', path: '/health', p95: '100ms' },
  { what: 'page', path: '/', p95: '200ms' },
  { what: 'static', path: '/assets/site.css', p95: '50ms' },
];

const seconds = Number(process.argv[2] ?? 5);
if (!(seconds >= 1 && seconds <= 600)) {
  console.error('Seconds a rung: a number from 1 to 600.');
  process.exit(2);
}

// One that is there and answers badly is what the rungs are for.
await fetch(`${AT}/health`, { signal: AbortSignal.timeout(10_000) }).catch(({ cause }) => {
  console.error(`Nobody answers at ${AT} (${cause?.code ?? 'no answer'}).`);
  console.error('Start the site in another terminal, in this folder: ../../bin/tidegate up');
  console.error(
    'It takes the port of TIDEGATE_GATEWAY_PORT, 8080 without it, and so does the ladder.',
  );
  process.exit(1);
});

let missed = 0;
console.log('rate    asked     p50      p95      p99      errors  target');
for (const rate of RUNGS) {
  for (const { what, path, p95 } of TARGETS) {
    const { latencyMs, requests, ok, expectations } = load(path, rate, p95);
    const met = expectations.every((each) => each.met);
    if (!met) missed++;
    const cells = [
      `${rate}/s`.padEnd(7),
      what.padEnd(9),
      ...[latencyMs.p50, latencyMs.p95, latencyMs.p99].map((ms) => milliseconds(ms).padEnd(8)),
      String(requests - ok).padEnd(7),
      `p95 < ${p95}: ${met ? 'met' : 'MISSED'}`,
    ];
    console.log(cells.join(' '));
  }
}
console.log(missed === 0 ? 'Every target is met.' : `${missed} of the targets are missed.`);
process.exitCode = missed === 0 ? 0 : 99;

function load(path, rate, p95) {
  const args = ['load', `${AT}${path}`, '--rate', `${rate}`, '--duration', `${seconds}s`, '--json'];
  const expected = ['--expect', `p95<${p95}`, '--expect', 'errors<=0'];
  const { status, stdout, stderr } = spawnSync(TIDEGATE, [...args, ...expected], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0 || status === 99) return JSON.parse(stdout);
  console.error(stderr || stdout);
  process.exit(status ?? 1);
}

function milliseconds(ms) {
  return ms === null ? '–' : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}
