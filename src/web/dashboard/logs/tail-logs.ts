import type { LogEntry } from '../../contract.ts';
import { KEPT_LINES, createEntryReader } from './log-lines.ts';

export interface LogListener {
  lines(entries: readonly LogEntry[]): void;
  /** As a sentence; null: it follows. */
  state(problem: string | null): void;
}

const AGAIN_MS = 3000;

/** Follows what a service logs until the signal aborts; begins anew where the stream ends, after saying `again`. */
export async function tailLogs(
  service: string,
  { lines, state, again }: LogListener & { again(): void },
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({ service, lines: String(KEPT_LINES), follow: 'true' });
  while (!signal.aborted) {
    try {
      const response = await fetch(`/api/v1/logs?${query.toString()}`, { signal });
      if (!response.ok || !response.body) {
        const problem = (await response.json()) as { detail?: string };
        state(problem.detail ?? `The logs answer ${response.status}.`);
      } else {
        again();
        state(null);
        await readLines(response.body, lines);
        state('The stream ended; it is asked for again.');
      }
    } catch {
      if (!signal.aborted) state('The control plane does not answer; it is asked again.');
    }
    await pause(AGAIN_MS, signal);
  }
}

// Private

async function readLines(
  body: ReadableStream<Uint8Array>,
  lines: LogListener['lines'],
): Promise<void> {
  const read = createEntryReader();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const entries = read(decoder.decode(value, { stream: true }));
    if (entries.length > 0) lines(entries);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over);
  });
}
