import { readFileSync, statSync } from 'node:fs';

/** HAProxy's complaints in its output, without the dressing and the lines that only say that there were some. */
export function alertsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('[ALERT]'))
    .map((line) => line.replace(/^\[ALERT\]\s+\(\d+\) : (config : )?/, '').trim())
    .filter((line) => !NO_COMPLAINT.test(line));
}

/** Remembers where a log ends now; the function returned gives the complaints written since. */
export function alertsSince(path: string): () => readonly string[] {
  const from = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return () => alertsIn(readFileSync(path).subarray(from).toString('utf8'));
}

// Private

/** That it counts two descriptors a connection is no news: `no strict-limits` has it serve with what there is. */
const NO_COMPLAINT =
  /^(Error\(s\) found in|Fatal errors found in|\[[^\]]*\] FD limit \(\d+\) too low)/;
