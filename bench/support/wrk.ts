import { find, outputOf } from './program.ts';

export interface WrkResult {
  readonly rps: number;
  readonly requests: number;
  /** Answers other than 2xx and 3xx, and sockets that failed. */
  readonly failed: number;
  readonly p99Ms: number;
}

/** `wrk -t1 -c64` against one address for so many seconds; `script`: the Lua file that makes its requests. */
export async function wrk(
  url: string,
  seconds: number,
  signal: AbortSignal,
  script?: string,
): Promise<WrkResult> {
  const made = script === undefined ? [] : ['-s', script];
  const argv = [find('wrk'), '-t1', '-c64', `-d${seconds}s`, '--latency', ...made, url] as const;
  return parseWrk(await outputOf([...argv], signal));
}

export function parseWrk(text: string): WrkResult {
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text);
  const failed = (sockets?.slice(1) ?? []).reduce((sum, count) => sum + Number(count), 0);
  const [, p99 = 'NaN', unit = 'ms'] = /^\s*99%\s+([\d.]+)(us|ms|s)/m.exec(text) ?? [];
  return {
    rps: number(/Requests\/sec:\s+([\d.]+)/),
    requests: number(/(\d+) requests in/),
    failed: failed + number(/Non-2xx or 3xx responses: (\d+)/),
    p99Ms: Number(p99) * { us: 0.001, ms: 1, s: 1000 }[unit as 'us' | 'ms' | 's'],
  };
}
