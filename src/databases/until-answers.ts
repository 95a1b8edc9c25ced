import { setTimeout as delay } from 'node:timers/promises';
import { MINUTE } from '../kit/clock.ts';
import { messageOf } from '../kit/errors.ts';
import { databaseFailed, interrupted } from './errors.ts';
import type { RunningServer } from './running.ts';
import type { ServerKind, Usage } from './server-kind.ts';

interface Asked {
  readonly name: string;
  readonly kind: ServerKind;
  readonly url: string;
  /** What it wrote last. */
  readonly lastWords: () => readonly string[];
}

/**
 * Waits until a server answers whoever knows the password. One that says it is coming, from a crash say, is waited for as
 * long as it takes.
 * @throws TidegateError DATABASE_FAILED: it ended, refuses the password, or has not answered for a minute; INTERRUPTED
 */
export async function untilAnswers(
  { name, kind, url, lastWords }: Asked,
  server: RunningServer,
  giveUp: AbortSignal,
): Promise<Usage> {
  const seen: { ended?: string } = {};
  void server.exited.then((how) => (seen.ended = how));
  let silentSince = performance.now();
  for (;;) {
    if (giveUp.aborted) throw interrupted(name);
    try {
      return await kind.ask(url);
    } catch (thrown) {
      if (seen.ended !== undefined)
        throw databaseFailed(name, `ended with ${seen.ended} before it answered`, {
          lines: lastWords(),
        });
      if (kind.isRefused(thrown)) throw databaseFailed(name, REFUSED, { hint: PASSWORD });
      if (kind.isComing(thrown)) silentSince = performance.now();
      if (performance.now() - silentSince > ANSWERS_WITHIN_MS) {
        throw databaseFailed(name, `has not answered for a minute: ${messageOf(thrown)}`, {
          lines: lastWords(),
        });
      }
    }
    await Promise.race([server.exited, delay(POLL_MS)]);
  }
}

// Private

const ANSWERS_WITHIN_MS = MINUTE;
const POLL_MS = 50;

const REFUSED = 'refuses the password that is remembered for it';
const PASSWORD =
  'Put the file `password` back that its data was made with: it stands in .tidegate/databases/NAME.';
