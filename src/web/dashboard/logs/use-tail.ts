import { useEffect, useState } from 'preact/hooks';
import { NO_LINES, withLines } from './log-lines.ts';
import type { LogTail } from './log-lines.ts';
import { tailLogs } from './tail-logs.ts';

/** Lines may come by the thousand; the page is drawn so often at most. */
const DRAW_EVERY_MS = 150;

/** What a service logs, while whoever asks is on the page; the problem is a sentence, null where it follows. */
export function useTail(service: string): {
  readonly tail: LogTail;
  readonly problem: string | null;
} {
  const [tail, setTail] = useState(NO_LINES);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const left = new AbortController();
    let held = NO_LINES;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setTail(held);
      }, DRAW_EVERY_MS);
    };
    const listener = {
      again: () => {
        held = NO_LINES;
        draw();
      },
      lines: (entries: Parameters<typeof withLines>[1]) => {
        held = withLines(held, entries);
        draw();
      },
      state: setProblem,
    };
    void tailLogs(service, listener, left.signal);
    return () => {
      left.abort();
      clearTimeout(timer);
      setTail(NO_LINES);
    };
  }, [service]);
  return { tail, problem };
}
