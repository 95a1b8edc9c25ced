/**
 * `npm start`: the shop with a minute of swelling and ebbing load, to watch replicas come and go; then it stays up.
 * `--once` stops after the load, `--seconds N` makes the minute shorter.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/kit/errors.ts';
import { runOpenLoop } from '../src/lab/load/open-loop.ts';
import type { LoadProgress, LoadResult } from '../src/lab/load/result.ts';
import { createTarget } from '../src/lab/load/target.ts';
import type { Client } from '../src/web/client.ts';
import type { ServiceStatus } from '../src/web/contract.ts';
import { startTidegateChild } from '../src/lab/labs/tidegate-child.ts';

const { values: options } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '60' },
  },
});
const seconds = Number(options.seconds);
if (!(seconds >= 1 && seconds <= 3600)) {
  console.error('--seconds takes a number from 1 to 3600');
  process.exit(2);
}

const shop = join(import.meta.dirname, '../examples/shop');
const terminal = process.stdout.isTTY;

console.log('Starting the shop: four services behind a gateway…');
const child = startTidegateChild({
  folder: shop,
  errors: 'show',
  env: {
    TIDEGATE_GATEWAY_PORT: await portFrom('TIDEGATE_GATEWAY_PORT', 8080),
    TIDEGATE_ADMIN_PORT: await portFrom('TIDEGATE_ADMIN_PORT', 8081),
  },
});
const leaving = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    leaving.abort();
    // A second Ctrl-C is passed on too, and ends the draining.
    void child.stop();
  });
}
// Whoever read this has gone (`npm start | head`): the shop must not stay behind alone.
process.stdout.on('error', () => {
  if (!leaving.signal.aborted) void child.stop();
  leaving.abort();
});

let failed = false;
try {
  await show();
} catch (thrown) {
  // Once we are leaving, whatever still ran loses its other end.
  failed = !leaving.signal.aborted;
  if (failed) console.error(messageOf(thrown));
}
if (options.once || failed) await child.stop();
const code = await child.ended;
process.exitCode = failed || code !== 0 ? 1 : 0;

// Private

async function show(): Promise<void> {
  const { client, status } = await child.ready();
  const { code } = await client.loginCode();
  const gateway = status.gateway.url;
  console.log(`
  shop        ${gateway}/api/users/7
  dashboard   ${status.admin.url}/#code=${code}   (works once)
              a new one: bin/tidegate dashboard -c examples/shop/tidegate.config.ts

${seconds} seconds of load: it swells from 5 to 110 requests a second and ebbs away.
`);
  void tellChanges(client);
  const result = await sendLoad(client, `${gateway}/api/users/7`);
  if (leaving.signal.aborted) return;
  console.log(`\n${summary(result)}\n`);
  if (options.once) return;
  console.log(`The shop stays up. In another terminal, in examples/shop:

  ../../bin/tidegate status                       how things stand
  ../../bin/tidegate explain api                  why there were as many replicas as there were
  curl ${gateway}/api/count           a counter and the process it lives in
  ../../bin/tidegate scale api 3                  three replicas, then ask for the count again
  ../../bin/tidegate scale api auto               back to what the load needs

Ctrl-C drains and stops everything.`);
}

/** A swell to 110 requests a second in the middle, in `seconds`. */
async function sendLoad(client: Client, url: string): Promise<LoadResult> {
  const at = (share: number, rps: number) => ({ atS: share * seconds, rps });
  const stages = [at(0, 5), at(0.4, 110), at(0.55, 110), at(0.75, 8), at(1, 5)];
  let told = 0;
  const result = await runOpenLoop(createTarget(url), {
    stages,
    signal: leaving.signal,
    onProgress: (progress) => {
      if (!terminal && ++told % 10 !== 0) return;
      client.service('api').then(
        (api) => tell(progressLine(progress, api)),
        // Told at its next second, or the end of the child is told by itself.
        () => undefined,
      );
    },
  });
  if (terminal) process.stdout.write('\r\x1b[K');
  return result;
}

/** One line for each change of a service's count, with its reasons. */
async function tellChanges(client: Client): Promise<void> {
  try {
    for await (const event of client.events(leaving.signal)) {
      if (event.event !== 'decision') continue;
      const { service, decision } = event.data;
      const { current, desired, reasons } = decision;
      if (current === desired) continue;
      const clear = terminal ? '\r\x1b[K' : '';
      const time = new Date(decision.at).toTimeString().slice(0, 8);
      console.log(`${clear}${time}  ${service} ${current} → ${desired}   ${reasons.join('; ')}`);
    }
  } catch (thrown) {
    if (!leaving.signal.aborted) console.error(`no more news of replicas: ${messageOf(thrown)}`);
  }
}

/** On a terminal the line is written over, else it is a line more. */
function tell(line: string): void {
  if (terminal)
    process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  else console.log(line);
}

function progressLine({ elapsedS, rps, p95Ms, errors }: LoadProgress, api: ServiceStatus): string {
  const p95 = p95Ms === null ? 'none answered' : `p95 ${Math.round(p95Ms)} ms`;
  const replicas = `api ${api.ready} of ${api.desired} replicas ready`;
  return `  ${Math.round(elapsedS)} s   ${Math.round(rps)} requests/s   ${p95}   ${errors} failed   ${replicas}`;
}

function summary({ requests, ok, errors, latencyMs }: LoadResult): string {
  const kinds = Object.entries(errors).map(([kind, count]) => `${count} ${kind}`);
  const failures = kinds.length > 0 ? `, failed: ${kinds.join(', ')}` : ', none failed';
  const ms = (value: number | null): string => (value === null ? '-' : `${Math.round(value)} ms`);
  return `${requests} requests, ${ok} answered${failures}; p50 ${ms(latencyMs.p50)}, p95 ${ms(latencyMs.p95)}, p99 ${ms(latencyMs.p99)}.`;
}

/** What the environment says, else the usual port, else one that is free. */
async function portFrom(name: string, usual: number): Promise<string> {
  return process.env[name] ?? `${(await portIfFree(usual)) ?? (await portIfFree(0))}`;
}

function portIfFree(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}
