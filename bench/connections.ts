import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReleasers } from '../src/kit/releasers.ts';
import type { LoadResult } from '../src/lab/load/result.ts';
import { startLoop } from '../src/kit/loop.ts';
import { freePort } from '../test/support/ports.ts';
import { tidegate } from './peers/tidegate.ts';
import { startBackend } from './support/backend.ts';
import { outputOf } from './support/program.ts';
import type { BenchOptions, BenchReport } from './support/report.ts';
import { cpuSeconds, residentBytes } from './support/usage.ts';

export const description = '10,000 keep-alive connections at once through the gateway';

const USERS = 10_000;
const SERVERS = 3;
/** Each connection asks again after this: 4,000 requests a second in all, and none idle for long. */
const THINK_MS = 2_500;

export async function run({ signal, quick, say }: BenchOptions): Promise<BenchReport> {
  const seconds = quick ? 15 : 60;
  const releasers = createReleasers();
  try {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
    // HAProxy, once it has dropped root, passes through to its log socket.
    chmodSync(folder, 0o711);
    releasers.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
    const backend = await startBackend(folder, SERVERS);
    releasers.add('the backend', backend.kill);
    const port = await freePort();
    const gateway = await tidegate.start({ folder, port, backends: backend.ports, threads: 2 });
    releasers.add('the gateway', () => gateway.stop());

    let mostOpen = 0;
    let looks = 0;
    const watch = startLoop({
      intervalMs: () => 1000,
      turn() {
        const open = connectionsOn(port);
        mostOpen = Math.max(mostOpen, open);
        if (++looks % 10 === 0) say(`${open} connections open`);
      },
      onError: (thrown) => console.error(thrown),
    });
    releasers.add('the watch', () => watch.stop());
    const before = cpuSeconds(gateway.pid);
    const program = join(import.meta.dirname, 'support/generator.ts');
    const load = [`http://127.0.0.1:${port}/api/hello`, USERS, seconds, THINK_MS].map(String);
    const result = JSON.parse(
      await outputOf([process.execPath, program, ...load], signal),
    ) as LoadResult;
    const gatewayCpu = (cpuSeconds(gateway.pid) - before) / result.durationS;
    return reportOf(result, { mostOpen, gatewayCpu, gatewayBytes: residentBytes(gateway.pid) });
  } finally {
    await releasers.releaseAll();
  }
}

// Private

interface Seen {
  readonly mostOpen: number;
  readonly gatewayCpu: number;
  readonly gatewayBytes: number;
}

function reportOf(result: LoadResult, seen: Seen): BenchReport {
  const { requests, ok, rps, errors, latencyMs, generatorCpu } = result;
  const kinds = Object.entries(errors).map(([kind, count]) => `${count} ${kind}`);
  return {
    columns: ['what', 'measured'],
    rows: [
      ['connections open at once', `${seen.mostOpen}`],
      ['requests', `${requests} (${rps.toFixed(0)}/s)`],
      ['answered', `${ok} (${((100 * ok) / requests).toFixed(3)} %)`],
      ['errors by kind', kinds.join(', ') || 'none'],
      ['p50 / p99 / max ms', [latencyMs.p50, latencyMs.p99, latencyMs.max].map(ms).join(' / ')],
      ["generator's CPU, of a core", generatorCpu.toFixed(2)],
      ["gateway's CPU, of a core", seen.gatewayCpu.toFixed(2)],
    ],
    checks: [
      {
        text: `${USERS} connections open at once`,
        measured: `${seen.mostOpen}`,
        met: seen.mostOpen >= USERS,
      },
      {
        text: 'every request answered',
        measured: `${ok} of ${requests}`,
        met: requests > 0 && ok === requests,
      },
    ],
    notes: [
      `Each connection asks again ${THINK_MS} ms after its answer; the generator is a process of its own.`,
      'Connections are counted by the kernel, once a second, on the gateway’s side.',
    ],
    data: { result, ...seen },
  };
}

function ms(value: number | null): string {
  return value === null ? '-' : value.toFixed(1);
}

/** Established connections that clients hold to this port of 127.0.0.1, as the kernel counts them. */
function connectionsOn(port: number): number {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  // sl, local address, remote address, state; 01 is ESTABLISHED. A line may be seen twice while others come and go.
  const clients = new Set<string>();
  for (const line of lines) {
    const [, address, client = '', state] = line.trim().split(/\s+/);
    if (address === local && state === '01') clients.add(client);
  }
  return clients.size;
}
