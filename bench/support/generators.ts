import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadResult } from '../../src/lab/load/result.ts';
import { find, outputOf } from './program.ts';
import { childrenCpuSeconds } from './usage.ts';
import { parseWrk } from './wrk.ts';

/** A program that sends load, as its own figures tell it. */
export interface Generator {
  readonly name: string;
  /** As many requests as it can over so many connections. */
  fast(load: { url: string; connections: number; seconds: number }): Command;
  /** So many requests a second; absent: it cannot. */
  steady?(load: { url: string; rps: number; connections: number; seconds: number }): Command;
  read(output: string, seconds: number): Told;
}

type Command = readonly [string, ...string[]];

/** What it says of itself; NaN: it does not. */
export interface Told {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface Ran extends Told {
  /** Of the whole program with its start. */
  readonly cpuSeconds: number;
}

/** Runs it to its end; nothing else may end meanwhile that this process has started. */
export async function runGenerator(
  generator: Generator,
  command: Command,
  seconds: number,
  signal: AbortSignal,
): Promise<Ran> {
  const before = childrenCpuSeconds();
  const output = await outputOf(command, signal);
  return { ...generator.read(output, seconds), cpuSeconds: childrenCpuSeconds() - before };
}

export const ours: Generator = {
  name: 'tidegate',
  fast: ({ url, connections, seconds }) => node(OURS, url, connections, seconds, 0),
  steady: ({ url, rps, seconds }) => node(OURS, url, 'rate', rps, seconds),
  read(output) {
    const { requests, latencyMs } = JSON.parse(output) as LoadResult;
    const { p50, p90, p99, max } = latencyMs;
    const ms = (value: number | null): number => value ?? Number.NaN;
    return { requests, p50Ms: ms(p50), p90Ms: ms(p90), p99Ms: ms(p99), maxMs: ms(max) };
  },
};

export const autocannon: Generator = {
  name: `autocannon ${versionOf('autocannon')}`,
  fast: ({ url, connections, seconds }) =>
    node(AUTOCANNON, '-j', '-c', connections, '-d', seconds, url),
  steady: ({ url, rps, connections, seconds }) =>
    node(AUTOCANNON, '-j', '-c', connections, '-d', seconds, '-R', rps, url),
  read(output) {
    const { latency, ...counts } = JSON.parse(output) as {
      readonly latency: Record<'p50' | 'p90' | 'p99' | 'max', number>;
      readonly '2xx': number;
    };
    const { p50, p90, p99, max } = latency;
    return { requests: counts['2xx'], p50Ms: p50, p90Ms: p90, p99Ms: p99, maxMs: max };
  },
};

export const wrkItself: Generator = {
  name: 'wrk',
  fast: ({ url, connections, seconds }) => [
    find('wrk'),
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    url,
  ],
  read(output) {
    const { requests, p99Ms } = parseWrk(output);
    const at = (line: RegExp): number => {
      const [, value = 'NaN', unit = 'ms'] = line.exec(output) ?? [];
      return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit as 'us' | 'ms' | 's'];
    };
    const [p50Ms, p90Ms] = [at(/^\s*50%\s+([\d.]+)(us|ms|s)/m), at(/^\s*90%\s+([\d.]+)(us|ms|s)/m)];
    const maxMs = at(/^\s*Latency\s+\S+\s+\S+\s+([\d.]+)(us|ms|s)/m);
    return { requests, p50Ms, p90Ms, p99Ms, maxMs };
  },
};

export const hey: Generator = {
  name: 'hey',
  fast: ({ url, connections, seconds }) => heyFor(connections, seconds, url),
  // The rate is that of each of its workers.
  steady: ({ url, rps, connections, seconds }) =>
    heyFor(connections, seconds, '-q', `${rps / connections}`, url),
  read(output, seconds) {
    const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? Number.NaN);
    const ms = (percent: number): number =>
      number(new RegExp(String.raw`^\s*${percent}% in ([\d.]+) secs`, 'm')) * 1000;
    return {
      // Of a fast load it lists the first million only; the rate is that of all.
      requests: number(/Requests\/sec:\s+([\d.]+)/) * (number(/Total:\s+([\d.]+) secs/) || seconds),
      p50Ms: ms(50),
      p90Ms: ms(90),
      p99Ms: ms(99),
      maxMs: number(/Slowest:\s+([\d.]+) secs/) * 1000,
    };
  },
};

// Private

const OURS = join(import.meta.dirname, 'generator.ts');

const AUTOCANNON = fileURLToPath(import.meta.resolve('autocannon'));

function heyFor(connections: number, seconds: number, ...more: string[]): Command {
  return [find('hey'), '-c', `${connections}`, '-z', `${seconds}s`, ...more];
}

function node(program: string, ...args: (string | number)[]): Command {
  return [process.execPath, program, ...args.map(String)];
}

function versionOf(name: string): string {
  const path = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
