import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createReleasers } from '../src/kit/releasers.ts';
import { startProject } from './support/project.ts';
import { spread, type BenchOptions, type BenchReport } from './support/report.ts';
import { cpuSeconds, ownCpuSeconds, residentBytes } from './support/usage.ts';

export const description =
  "the control plane's CPU and memory with 10 services and 50 idle replicas";

const SERVICES = 10;
const REPLICAS = 5;
const MOST_CPU = 0.02;
const MOST_MB = 150;

export async function run({ signal, quick, say }: BenchOptions): Promise<BenchReport> {
  const [rounds, seconds] = quick ? [1, 10] : [5, 60];
  const releasers = createReleasers();
  try {
    const names = Array.from({ length: SERVICES }, (_, at) => `service${at + 1}`);
    const command = [process.execPath, join(import.meta.dirname, 'support/replica.ts')];
    const scale = { min: REPLICAS, max: REPLICAS };
    const service = { command, health: { path: '/health' }, scale };
    const project = await startProject(
      {
        gateway: { routes: names.map((name) => ({ path: `/${name}/*`, service: name })) },
        services: Object.fromEntries(names.map((name) => [name, service])),
        host: { maxReplicas: SERVICES * REPLICAS },
      },
      releasers,
      signal,
    );
    const { status, pid } = project;
    const gatewayPid = status.gateway.pid as number;
    say(`${SERVICES * REPLICAS} replicas are ready; settling`);
    await delay(quick ? 5_000 : 20_000, undefined, { signal });

    const cpu: number[] = [];
    const gatewayCpu: number[] = [];
    let mostBytes = 0;
    for (let round = 1; round <= rounds; round++) {
      const before = [ownCpuSeconds(pid), cpuSeconds(gatewayPid), performance.now()] as const;
      for (let second = 0; second < seconds; second++) {
        await delay(1000, undefined, { signal });
        mostBytes = Math.max(mostBytes, residentBytes(pid));
      }
      const spanS = (performance.now() - before[2]) / 1000;
      cpu.push((ownCpuSeconds(pid) - before[0]) / spanS);
      gatewayCpu.push((cpuSeconds(gatewayPid) - before[1]) / spanS);
      say(`round ${round} of ${rounds}: ${percent(cpu.at(-1) as number)} of a core`);
    }
    return reportOf({ cpu, gatewayCpu, mostBytes }, seconds);
  } finally {
    await releasers.releaseAll();
  }
}

// Private

interface Measured {
  readonly cpu: readonly number[];
  readonly gatewayCpu: readonly number[];
  readonly mostBytes: number;
}

function reportOf(measured: Measured, seconds: number): BenchReport {
  const { cpu, gatewayCpu, mostBytes } = measured;
  const percents = (values: readonly number[]): string => `${spread(values.map((v) => v * 100))} %`;
  const worst = Math.max(...cpu);
  const megabytes = mostBytes / 2 ** 20;
  return {
    columns: ['what', 'measured'],
    rows: [
      ['control plane, CPU of a core', percents(cpu)],
      ['control plane, most resident memory', `${megabytes.toFixed(0)} MB`],
      ['HAProxy with 50 health checks a second, CPU of a core', percents(gatewayCpu)],
    ],
    checks: [
      {
        text: `control plane at most ${MOST_CPU * 100} % of a core`,
        measured: percent(worst),
        met: worst <= MOST_CPU,
      },
      {
        text: `control plane at most ${MOST_MB} MB`,
        measured: `${megabytes.toFixed(0)} MB`,
        met: megabytes <= MOST_MB,
      },
    ],
    notes: [
      `Rounds of ${seconds} s; the worst counts. Replicas are Node programs, which report their event loops too.`,
    ],
    data: measured,
  };
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}
