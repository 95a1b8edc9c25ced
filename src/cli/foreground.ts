import { EXIT } from '../kit/errors.ts';
import { humanDuration } from '../kit/duration.ts';
import type { Tidegate, TidegateOptions } from '../main.ts';
import { startTidegate } from '../main.ts';
import type { LiveEvent } from '../web/event-contract.ts';
import type { Io } from './io.ts';
import { liveView } from './live-view.ts';
import { newsOf } from './news.ts';
import { createScreen } from './screen.ts';

export interface ForegroundOptions extends Omit<TidegateOptions, 'tell'> {
  /** `background`: nobody looks; only what `up -d` passes on is said. */
  readonly show: 'words' | 'json' | 'background';
  /** SIGTERM ends the control plane alone. */
  readonly keep: boolean;
}

const NEWS_LINES = 5;

/**
 * Runs the control plane in this process until a signal: SIGINT, SIGHUP and SIGTERM drain and stop everything, a second
 * one stops at once; SIGUSR2, and SIGTERM with `keep`, end the control plane alone. On a terminal: a live table; else a
 * line for each thing that happens.
 */
export async function runForeground(options: ForegroundOptions, io: Io): Promise<void> {
  const told = firstSignal(options.keep);
  outliveReaders();
  const words = options.show === 'words';
  const say = options.show === 'background' ? tellParent : words ? io.err : () => undefined;
  const tidegate = await startTidegate({ ...options, tell: say }, told.early);
  for (const sentence of openingWords(tidegate)) say(sentence);
  const closeView = openView(options.show, tidegate, io);

  const how = await told.first;
  closeView();
  if (how === 'leave' || how === 'replaced') {
    await tidegate.leave();
    if (words) io.err(how === 'replaced' ? REPLACED : LEFT);
    // Whatever is still being ended is the next one's to find.
    process.exit(EXIT.done);
  }
  if (words) io.err('Draining and stopping; once more to stop at once.');
  const stoppingAt = Date.now();
  await tidegate.shutDown(told.second, how === 'down');
  if (words) io.err(`Stopped after ${humanDuration(Date.now() - stoppingAt)}.`);
  process.exitCode = told.second.aborted ? EXIT.interrupted : EXIT.done;
}

/** What `up -d` passes on of the output of the process it started: each line is one of these as JSON. */
export interface Said {
  readonly said: string;
}

// Private

/** A terminal that is closed, or `up | head`: what is said from then on is lost, the services are not. */
function outliveReaders(): void {
  process.stdout.removeAllListeners('error').on('error', () => undefined);
}

const REPLACED = 'Another control plane has taken over; everything goes on.';
const LEFT = 'The control plane has ended; the gateway and the replicas go on.';

/** What it found when it started, in sentences. */
function openingWords({ adopted, warnings }: Tidegate): readonly string[] {
  const gateway = adopted.gatewayPid === null ? [] : [`the gateway (pid ${adopted.gatewayPid})`];
  const all = [...gateway, ...adopted.replicas];
  const found = all.length > 0 ? [`Went on with what was running: ${all.join(', ')}.`] : [];
  return [...found, ...warnings.map((sentence) => `warning: ${sentence}`)];
}

function tellParent(said: string): void {
  process.stdout.write(`${JSON.stringify({ said } satisfies Said)}\n`);
}

/** `down` is a person's wish; `stop` may be a machine that shuts down. */
type How = 'down' | 'stop' | 'leave' | 'replaced';

const ENDS: ReadonlySet<How> = new Set(['down', 'stop']);

/** The first signal resolves `first`, aborts `early`; a later one aborts `second`, or ends at once what would leave anyway. */
function firstSignal(keep: boolean): {
  readonly first: Promise<How>;
  readonly early: AbortSignal;
  readonly second: AbortSignal;
} {
  const [begun, hurry] = [new AbortController(), new AbortController()];
  const first = new Promise<How>((resolve) => {
    let seen: How | null = null;
    const on = (name: NodeJS.Signals, how: How): void => {
      process.on(name, () => {
        begun.abort();
        if (seen === null) resolve((seen = how));
        else if (ENDS.has(how) && ENDS.has(seen)) hurry.abort();
        else if (ENDS.has(how)) process.exit(EXIT.interrupted);
      });
    };
    on('SIGINT', 'down');
    on('SIGHUP', 'stop');
    on('SIGTERM', keep ? 'leave' : 'stop');
    on('SIGUSR2', 'replaced');
  });
  return { first, early: begun.signal, second: hurry.signal };
}

function openView(show: ForegroundOptions['show'], tidegate: Tidegate, io: Io): () => void {
  if (show === 'background') return () => undefined;
  if (show === 'json') return showJson(tidegate, io);
  return io.terminal ? showTable(tidegate, io) : showLines(tidegate, io);
}

function showTable(tidegate: Tidegate, io: Io): () => void {
  const startedAt = Date.now();
  const screen = createScreen(process.stdout);
  const news: string[] = [];
  const draw = (): void => {
    screen.draw(
      liveView(tidegate.status(), news, {
        now: Date.now(),
        upMs: Date.now() - startedAt,
        columns: process.stdout.columns || io.columns,
        colour: io.colour,
      }),
    );
  };
  const stopListening = tidegate.onEvent((event) => {
    const line = newsOf(event);
    if (line) news.push(`${timeOfDay()}  ${line}`);
    news.splice(0, Math.max(0, news.length - NEWS_LINES));
    if (line || event.event === 'status') draw();
  });
  draw();
  return () => {
    stopListening();
    screen.close();
  };
}

function showLines(tidegate: Tidegate, io: Io): () => void {
  io.out(`gateway ${tidegate.gatewayUrl}`);
  io.out(`dashboard and API ${tidegate.adminUrl} (open it with: tidegate dashboard)`);
  return tidegate.onEvent((event) => {
    const line = newsOf(event);
    if (line) io.out(`${timeOfDay()}  ${line}`);
  });
}

function showJson(tidegate: Tidegate, io: Io): () => void {
  const print = (event: LiveEvent): void => io.out(JSON.stringify(event));
  print({ event: 'status', data: tidegate.status() });
  return tidegate.onEvent((event) => {
    if (event.event !== 'status') print(event);
  });
}

function timeOfDay(): string {
  return new Date().toTimeString().slice(0, 8);
}
