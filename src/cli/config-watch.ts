import { SECOND } from '../kit/clock.ts';
import { messageOf } from '../kit/errors.ts';
import type { ConfigFile, Configuration } from '../spec/configuration.ts';
import { GONE, marksOf } from './file-marks.ts';

/** Asked for, not subscribed to: editors that write a new file and rename it lose a subscription, and so do some file systems. */
const EVERY_MS = SECOND;

/**
 * Tells what is in the configuration file whenever it is not the one with the marks `seen` any more; a file that is gone
 * or wrong is `broken`. A change is read when the file has looked the same twice. What the file imports is not watched.
 * Returns how to stop.
 */
export function watchConfig(
  path: string,
  seen: string,
  read: (path: string, signal: AbortSignal) => Promise<Configuration>,
  onChange: (file: ConfigFile) => void,
  everyMs = EVERY_MS,
): () => void {
  const stopped = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let told = seen;
  let before = seen;

  const look = async (): Promise<void> => {
    const now = marksOf(path);
    const settled = now === before;
    before = now;
    if (!settled || now === told) return;
    told = now;
    const file = await fileNow(path, now, read, stopped.signal);
    if (!stopped.signal.aborted) onChange(file);
  };
  const next = (): void => {
    if (stopped.signal.aborted) return;
    timer = setTimeout(turn, everyMs);
    timer.unref();
  };
  // Whatever a look throws, the next one comes.
  const turn = (): void =>
    void look()
      .finally(next)
      .catch(() => undefined);
  next();

  return () => {
    stopped.abort();
    clearTimeout(timer);
  };
}

// Private

async function fileNow(
  path: string,
  marks: string,
  read: (path: string, signal: AbortSignal) => Promise<Configuration>,
  signal: AbortSignal,
): Promise<ConfigFile> {
  if (marks === GONE) return { kind: 'broken', problem: `${path} is gone or cannot be read.` };
  try {
    return { kind: 'readable', configuration: await read(path, signal) };
  } catch (thrown) {
    return { kind: 'broken', problem: inOneLine(messageOf(thrown)) };
  }
}

/** The first problem stands behind the line that counts them. */
function inOneLine(text: string): string {
  const [head = '', first, ...more] = text.split('\n').map((line) => line.trim());
  if (first === undefined || !head.endsWith(':')) return head;
  return `${head} ${first}${more.length > 0 ? ' …' : ''}`;
}
