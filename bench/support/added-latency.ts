import { join } from 'node:path';
import { outputOf } from './program.ts';
import type { BenchOptions } from './report.ts';
import { tokens } from './tokens.ts';

interface Asked {
  readonly url: string;
}

/** The 99th percentile of two gateways under the same steady rate, in turns, in ms; a round a turn. */
export async function addedLatency(
  bare: Asked,
  ours: Asked,
  rps: number,
  { signal, quick, say }: BenchOptions,
): Promise<{ bareMs: number[]; oursMs: number[] }> {
  const [rounds, seconds] = quick ? [2, 2] : [5, 6];
  const found = { bareMs: [] as number[], oursMs: [] as number[] };
  for (let round = 1; round <= rounds; round++) {
    found.bareMs.push(await p99Ms(bare.url, rps, seconds, signal));
    found.oursMs.push(await p99Ms(ours.url, rps, seconds, signal));
    say(
      `p99 at ${Math.round(rps)}/s: bare ${found.bareMs.at(-1)} ms, ours ${found.oursMs.at(-1)} ms`,
    );
  }
  return found;
}

// Private

async function p99Ms(
  url: string,
  rps: number,
  seconds: number,
  signal: AbortSignal,
): Promise<number> {
  const program = join(import.meta.dirname, 'steady.ts');
  const [token = ''] = tokens('HS256', 1);
  const argv = [process.execPath, program, url, `${rps}`, `${seconds}`, token] as const;
  const result = JSON.parse(await outputOf(argv, signal)) as { p99Ms: number; failed: number };
  if (result.failed > 0) throw new Error(`${result.failed} requests failed at ${url}`);
  return result.p99Ms;
}
