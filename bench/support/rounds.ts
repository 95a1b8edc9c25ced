import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayThreads } from '../../src/gateway/machine.ts';
import { createReleasers } from '../../src/kit/releasers.ts';
import { freePort } from '../../test/support/ports.ts';
import type { Peer } from '../peers/peer.ts';
import { startBackend } from './backend.ts';
import { median, spread, type BenchOptions, type BenchReport } from './report.ts';
import { cpuSeconds } from './usage.ts';
import { wrk } from './wrk.ts';

export interface Round {
  readonly rps: number;
  readonly cpuUsPerRequest: number;
  readonly p99Ms: number;
  readonly failed: number;
}

export interface Measured {
  readonly name: string;
  readonly rounds: readonly Round[];
}

/** A gateway in the comparison and, where it is not the plain one, the Lua file that makes wrk's requests to it. */
export interface Contender {
  readonly peer: Peer;
  readonly script?: (folder: string) => string;
}

const SERVERS = 3;

/**
 * Every gateway in turn in front of the same three servers, and that `rounds` times, so that what else the machine does
 * falls on all of them. `also`: what else is measured while they run. Gives everything back, whatever happens.
 */
export async function measureRounds(
  contenders: readonly Contender[],
  { signal, quick, say }: BenchOptions,
  also: (
    running: readonly { readonly name: string; readonly url: string }[],
    measured: readonly Measured[],
  ) => Promise<void> = async () => undefined,
): Promise<readonly Measured[]> {
  const [rounds, seconds] = quick ? [2, 1] : [5, 4];
  const releasers = createReleasers();
  try {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
    // HAProxy, once it has dropped root, passes through to its log socket.
    chmodSync(folder, 0o711);
    releasers.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
    const backend = await startBackend(folder, SERVERS);
    releasers.add('the backend', backend.kill);

    const running = [];
    for (const { peer, script } of contenders) {
      const own = join(folder, peer.name.replaceAll(/\W/g, '-'));
      mkdirSync(own, { mode: 0o711 });
      const port = await freePort();
      const threads = gatewayThreads(availableParallelism());
      const process = await peer.start({ folder: own, port, backends: backend.ports, threads });
      releasers.add(peer.name, () => process.stop());
      const url = `http://127.0.0.1:${port}/api/hello`;
      const done: Round[] = [];
      running.push({ name: peer.name, pid: process.pid, url, script: script?.(own), rounds: done });
    }
    for (let round = 1; round <= rounds; round++) {
      for (const { name, pid, url, script, rounds: done } of running) {
        // Seconds that do not count: connections, compilers, and the share of requests logged, which follows the rate.
        await wrk(url, 4, signal, script);
        const before = cpuSeconds(pid);
        const { rps, requests, p99Ms, failed } = await wrk(url, seconds, signal, script);
        const cpuUsPerRequest = ((cpuSeconds(pid) - before) * 1e6) / requests;
        done.push({ rps, cpuUsPerRequest, p99Ms, failed });
        say(`round ${round} of ${rounds}: ${name} ${Math.round(rps)}/s`);
      }
    }
    const measured = running.map(({ name, rounds: done }) => ({ name, rounds: done }));
    await also(running, measured);
    return measured;
  } finally {
    await releasers.releaseAll();
  }
}

/** Of each round, the requests a second as a fraction of those of the same round of another. */
export function ratios(of: Measured | undefined, to: Measured | undefined): readonly number[] {
  return (of?.rounds ?? []).map(({ rps }, at) => rps / (to?.rounds[at]?.rps ?? Number.NaN));
}

/** The table of a comparison; the first gateway is the one the others are compared to. */
export function comparison(all: readonly Measured[]): Pick<BenchReport, 'columns' | 'rows'> {
  return {
    columns: ['gateway', 'to bare HAProxy', 'requests/s', 'CPU µs/request', 'p99 ms', 'failed'],
    rows: all.map((measured) => {
      const { name, rounds } = measured;
      const cpuUs = rounds.map(({ cpuUsPerRequest }) => cpuUsPerRequest);
      return [
        name,
        spread(ratios(measured, all[0])),
        median(rounds.map(({ rps }) => rps)).toFixed(0),
        spread(cpuUs, 1),
        median(rounds.map(({ p99Ms }) => p99Ms)).toFixed(1),
        `${rounds.reduce((sum, { failed }) => sum + failed, 0)}`,
      ];
    }),
  };
}
