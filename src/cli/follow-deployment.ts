import { setTimeout as delay } from 'node:timers/promises';
import { EXIT, TidegateError, codeOf } from '../kit/errors.ts';
import type { Client } from '../web/client.ts';
import type { DeploymentView, DeployAnswer } from '../web/contract.ts';
import { beginText, deploymentName, progressText, summaryLines, wayOn } from './deployment-text.ts';
import { momentText } from './explanation.ts';
import type { Io } from './io.ts';
import { paint } from './paint.ts';
import { createProgressLine } from './progress-line.ts';
import type { ProgressLine } from './progress-line.ts';
import { createStartWatch } from './start-watch.ts';

export interface FollowOptions {
  /** One object at the end instead of words. */
  readonly json: boolean;
  /** Somebody wants it to stop where it is. */
  readonly interrupt: AbortSignal;
  /** Asked when the control plane answers no more: everything is being stopped, or has been. */
  readonly everythingStops: () => Promise<boolean>;
}

const POLL_MS = 200;

/** How often the control plane may give no proper answer before it is taken for gone. */
const MAX_SILENT_POLLS = 3;

/**
 * Shows a deployment until it has ended or stands still, says what it came to, and returns the exit code.
 * @throws TidegateError CONTROL_LOST when the control plane ends meanwhile, EVERYTHING_STOPPED when all does
 */
export async function followDeployment(
  client: Client,
  { deployment: begun }: DeployAnswer,
  { json, interrupt, everythingStops }: FollowOptions,
  io: Io,
): Promise<number> {
  if (begun === null) {
    io.out(json ? JSON.stringify({ deployment: null }) : 'Nothing differs from what is in force.');
    return EXIT.done;
  }
  const line = createProgressLine(io.terminal && !json ? process.stdout : null);
  const tell = (text: string): void => {
    line.clear();
    if (!json) io.err(text);
  };
  const tellInterrupt = (): void => tell('Interrupting; once more to leave at once.');
  if (begun.state === 'running') tell(beginText(begun));
  if (interrupt.aborted) tellInterrupt();
  else interrupt.addEventListener('abort', tellInterrupt, { once: true });
  let ended: DeploymentView;
  try {
    ended = await watch(client, begun, interrupt, line, tell);
  } catch (thrown) {
    throw isLost(thrown) ? await asLost(begun, everythingStops) : thrown;
  }
  if (json) io.out(JSON.stringify({ deployment: ended } satisfies DeployAnswer));
  else for (const line of summaryLines(ended, paint(io.colour))) io.out(line);
  if (ended.state === 'interrupted') {
    if (!json) io.out(wayOn(ended));
    return EXIT.interrupted;
  }
  return ended.state === 'done' ? EXIT.done : EXIT.failed;
}

// Private

/** Tells each step once until it has ended. An interruption is asked for and then waited for like any other end. */
async function watch(
  client: Client,
  begun: DeploymentView,
  interrupt: AbortSignal,
  line: ProgressLine,
  tell: (text: string) => void,
): Promise<DeploymentView> {
  let seen = begun;
  let told = 0;
  let asked = false;
  let silent = 0;
  const starts = createStartWatch(begun);
  const tellAt = (at: number, text: string): void => {
    tell(`${momentText(at, Date.now())}  ${text}`);
    starts.heard(Date.now());
  };
  for (;;) {
    const now = Date.now();
    for (const { at, text } of seen.steps.slice(told)) tellAt(Date.parse(at), text);
    told = seen.steps.length;
    if (seen.state !== 'running') {
      line.clear();
      return seen;
    }
    line.draw(progressText(seen, now));
    if (interrupt.aborted && !asked) {
      asked = true;
      // The answer may take as long as a way back; what broke off is asked for again.
      client.interrupt(begun.id).catch(() => (asked = false));
    }
    try {
      await delay(POLL_MS, undefined, asked ? {} : { signal: interrupt }).catch(() => undefined);
      seen = await client.deployment(begun.id);
      silent = 0;
      if (seen.state === 'running' && starts.isDue(now)) {
        for (const text of starts.look(await client.status(), now)) tellAt(now, text);
      }
    } catch (thrown) {
      if (codeOf(thrown) === 'ANSWER_BROKEN' && ++silent < MAX_SILENT_POLLS) continue;
      line.clear();
      throw thrown;
    }
  }
}

function isLost(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code === 'CONTROL_NOT_RUNNING' || code === 'ANSWER_BROKEN';
}

async function asLost(
  deployment: DeploymentView,
  everythingStops: FollowOptions['everythingStops'],
): Promise<TidegateError> {
  if (await everythingStops()) {
    return new TidegateError(
      'EVERYTHING_STOPPED',
      `Everything was stopped in the middle of ${deploymentName(deployment)}.`,
      { hint: 'Start it again with `tidegate up`.' },
    );
  }
  return new TidegateError(
    'CONTROL_LOST',
    `The control plane ended in the middle of ${deploymentName(deployment)}; the services go on as they are.`,
    {
      hint: `Start it with \`tidegate up\`, which adopts what runs; then ${wayOn(deployment)}`,
    },
  );
}
