import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, type BenchOptions } from './report.ts';
import { writeScript } from './tokens.ts';
import { wrk } from './wrk.ts';

interface Asked {
  readonly url: string;
}

/** 64 connections that pause between two requests; in ms. */
const CONNECTIONS = 64;

export interface Latencies {
  readonly bareMs: readonly number[];
  readonly oursMs: readonly number[];
  /** What was asked for in fact, of ours. */
  readonly rps: number;
}

/** The 99th percentile of two gateways under about the same light load, in turns, in ms; a round a turn. */
export async function addedLatency(
  bare: Asked,
  ours: Asked,
  rps: number,
  { signal, quick, say }: BenchOptions,
): Promise<Latencies> {
  const [rounds, seconds] = quick ? [2, 2] : [5, 6];
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
  try {
    const script = writeScript(folder, 'HS256', Math.round((CONNECTIONS * 1000) / rps));
    const bareMs: number[] = [];
    const oursMs: number[] = [];
    const rates: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      bareMs.push((await wrk(bare.url, seconds, signal, script)).p99Ms);
      const { p99Ms, rps: asked } = await wrk(ours.url, seconds, signal, script);
      oursMs.push(p99Ms);
      rates.push(asked);
      say(`p99 at ${Math.round(asked)}/s: bare ${bareMs.at(-1)} ms, ours ${p99Ms} ms`);
    }
    return { bareMs, oursMs, rps: median(rates) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
