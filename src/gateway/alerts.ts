import { readFileSync, statSync } from 'node:fs';

/** HAProxy's complaints in its output, without the dressing. */
export function alertsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('[ALERT]'))
    .map((line) => line.replace(/^\[ALERT\]\s+\(\d+\) : /, '').trim());
}

/** Remembers where a log ends now; the function returned gives the complaints written since. */
export function alertsSince(path: string): () => readonly string[] {
  const from = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return () => alertsIn(readFileSync(path).subarray(from).toString('utf8'));
}
