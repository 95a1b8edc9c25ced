import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayThreads } from '../src/gateway/machine.ts';
import { createReleasers } from '../src/kit/releasers.ts';
import { freePort } from '../test/support/ports.ts';
import { caddy } from './peers/caddy.ts';
import { bareHaproxy } from './peers/haproxy.ts';
import { nginx } from './peers/nginx.ts';
import { nodeHttp, undici } from './peers/node.ts';
import type { Peer, RunningPeer } from './peers/peer.ts';
import { tidegate, tidegatePlain } from './peers/tidegate.ts';
import { startBackend } from './support/backend.ts';
import { median, spread, type BenchOptions, type BenchReport } from './support/report.ts';
import { cpuSeconds } from './support/usage.ts';
import { wrk } from './support/wrk.ts';

export const description =
  'routing, checks and metrics on, beside a bare HAProxy, nginx, Caddy and two Node proxies';

const PEERS = [bareHaproxy, tidegate, tidegatePlain, nginx, caddy, nodeHttp, undici] as const;
const SERVERS = 3;
const TARGET = 0.9;

interface Round {
  readonly rps: number;
  readonly cpuUsPerRequest: number;
  readonly p99Ms: number;
  readonly failed: number;
}

/** Every gateway in turn, and that five times, so that what else the machine does falls on all of them. */
export async function run({ signal, quick, say }: BenchOptions): Promise<BenchReport> {
  const [rounds, seconds] = quick ? [2, 1] : [5, 4];
  const releasers = createReleasers();
  try {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
    // HAProxy, once it has dropped root, passes through to its log socket.
    chmodSync(folder, 0o711);
    releasers.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
    const backend = await startBackend(folder, SERVERS);
    releasers.add('the backend', backend.kill);

    const running: { peer: Peer; process: RunningPeer; url: string; rounds: Round[] }[] = [];
    for (const peer of PEERS) {
      const own = join(folder, peer.name.replaceAll(/\W/g, '-'));
      mkdirSync(own, { mode: 0o711 });
      const port = await freePort();
      const site = {
        folder: own,
        port,
        backends: backend.ports,
        threads: gatewayThreads(availableParallelism()),
      };
      const process = await peer.start(site);
      releasers.add(peer.name, () => process.stop());
      const url = `http://127.0.0.1:${port}/api/hello`;
      running.push({ peer, process, url, rounds: [] });
    }
    for (let round = 1; round <= rounds; round++) {
      for (const { peer, process, url, rounds: done } of running) {
        // Seconds that do not count: connections, compilers, and the share of requests logged, which follows the rate.
        await wrk(url, 4, signal);
        const before = cpuSeconds(process.pid);
        const { rps, requests, p99Ms, failed } = await wrk(url, seconds, signal);
        const cpuUsPerRequest = ((cpuSeconds(process.pid) - before) * 1e6) / requests;
        done.push({ rps, cpuUsPerRequest, p99Ms, failed });
        say(`round ${round} of ${rounds}: ${peer.name} ${Math.round(rps)}/s`);
      }
    }
    return reportOf(running.map(({ peer, rounds: done }) => ({ name: peer.name, rounds: done })));
  } finally {
    await releasers.releaseAll();
  }
}

// Private

function reportOf(all: readonly { name: string; rounds: readonly Round[] }[]): BenchReport {
  const bare = all[0]?.rounds ?? [];
  const ratios = (rounds: readonly Round[]): number[] =>
    rounds.map(({ rps }, at) => rps / (bare[at]?.rps ?? Number.NaN));
  const ours = ratios(all[1]?.rounds ?? []);
  return {
    columns: ['gateway', 'to bare HAProxy', 'requests/s', 'CPU µs/request', 'p99 ms', 'failed'],
    rows: all.map(({ name, rounds }) => [
      name,
      spread(ratios(rounds)),
      median(rounds.map(({ rps }) => rps)).toFixed(0),
      spread(
        rounds.map(({ cpuUsPerRequest }) => cpuUsPerRequest),
        1,
      ),
      median(rounds.map(({ p99Ms }) => p99Ms)).toFixed(1),
      `${rounds.reduce((sum, { failed }) => sum + failed, 0)}`,
    ]),
    checks: [
      {
        text: `Tidegate to bare HAProxy, median of the rounds, at least ${TARGET}`,
        measured: spread(ours),
        met: median(ours) >= TARGET,
      },
    ],
    notes: [
      'wrk -t1 -c64, three servers that give a fixed answer; client, gateway and servers share the cores.',
      'CPU is that of the gateway alone and so is not diluted by the client; reading the metrics is not in it.',
      'The Node proxies are one process each.',
    ],
    data: all,
  };
}
