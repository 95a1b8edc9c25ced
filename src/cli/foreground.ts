import { EXIT } from '../kit/errors.ts';
import { humanDuration } from '../kit/duration.ts';
import type { Tidegate, TidegateOptions } from '../main.ts';
import { startTidegate } from '../main.ts';
import type { LiveEvent } from '../web/contract.ts';
import type { Io } from './io.ts';
import { liveView } from './live-view.ts';
import { newsOf } from './news.ts';
import { createScreen } from './screen.ts';

export interface ForegroundOptions extends TidegateOptions {
  readonly show: 'words' | 'json' | 'nothing';
}

const NEWS_LINES = 5;

/**
 * Runs the control plane in this process until SIGINT or SIGTERM, which drain and stop everything; a second one stops
 * at once. On a terminal: a live table; else a line for each thing that happens.
 */
export async function runForeground(options: ForegroundOptions, io: Io): Promise<void> {
  const ended = firstSignal();
  outliveReaders();
  const tidegate = await startTidegate(options);
  const words = options.show === 'words';
  const closeView = openView(options.show, tidegate, io);
  for (const each of tidegate.unproven) {
    if (words)
      io.err(
        `warning: ${each} may be left from an earlier run; it cannot be proved ours and was left running`,
      );
  }

  await ended.first;
  closeView();
  if (words) io.err('Draining and stopping; once more to stop at once.');
  const stoppingAt = Date.now();
  await tidegate.shutDown(ended.second);
  if (words) io.err(`Stopped after ${humanDuration(Date.now() - stoppingAt)}.`);
  process.exitCode = ended.second.aborted ? EXIT.interrupted : EXIT.done;
}

// Private

/** A terminal that is closed, or `up | head`: what is said from then on is lost, the services are not. */
function outliveReaders(): void {
  process.stdout.removeAllListeners('error').on('error', () => undefined);
}

/** The first signal resolves `first`, any later one aborts `second`. */
function firstSignal(): { readonly first: Promise<void>; readonly second: AbortSignal } {
  const hurry = new AbortController();
  const first = new Promise<void>((resolve) => {
    let seen = false;
    const onSignal = (): void => {
      if (seen) hurry.abort();
      seen = true;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    process.on('SIGHUP', onSignal);
  });
  return { first, second: hurry.signal };
}

function openView(show: ForegroundOptions['show'], tidegate: Tidegate, io: Io): () => void {
  if (show === 'nothing') return () => undefined;
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
