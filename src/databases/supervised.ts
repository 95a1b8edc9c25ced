import { MINUTE, SECOND } from '../kit/clock.ts';
import { messageOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import type { DatabaseChange, DatabaseView } from './databases.ts';
import { endServer } from './end-server.ts';
import { portTaken } from './errors.ts';
import type { FoundServer } from './found.ts';
import type { Home } from './home.ts';
import { tailAfter } from './log-tail.ts';
import { portFor, type ClaimedPort } from './ports.ts';
import { residentBytes } from './resident.ts';
import type { RunningServer, RunPlace } from './running.ts';
import { startServer, watchServer } from './running.ts';
import type { ServerKind, Usage } from './server-kind.ts';
import { untilAnswers } from './until-answers.ts';

/** A server that we start, and start again when it ends by itself. */
export interface Supervised {
  /** Goes on with `found`, or starts one. @throws as `startServer` and `untilAnswers` */
  start(found: FoundServer | null, giveUp: AbortSignal): Promise<void>;
  /** Whether it ran before we came. */
  readonly adopted: boolean;
  url(): string;
  view(): DatabaseView;
  /** Asks how many use it, and how much memory it takes. Never throws. */
  look(): Promise<void>;
  /** @throws TidegateError STILL_RUNNING */
  stop(graceMs: number, hurry: AbortSignal): Promise<void>;
  /** It goes on without us; resolves when nothing is being started any more. */
  letGo(): Promise<void>;
}

export interface SupervisedDeps extends RunPlace {
  readonly kind: ServerKind;
  readonly home: Home;
  readonly now: () => number;
  readonly log: Log;
  readonly onChange: (change: DatabaseChange) => void;
  /** The wait after the second start in a row that came to nothing; it doubles from there. */
  readonly againMs?: number;
  /** Told what a person should know. */
  readonly warn: (sentence: string) => void;
}

export function createSupervised(deps: SupervisedDeps): Supervised {
  const { kind, home, log, logPath, logFiles, now, againMs = SECOND } = deps;
  const { site } = home;
  const { name } = site;
  const leaving = new AbortController();
  let state: DatabaseView['state'] = 'starting';
  let server: RunningServer | null = null;
  let port = home.port;
  let startedAt: number | null = null;
  let usage: Usage | null = null;
  let problem: string | null = null;
  /** Starts that came to nothing, one after the other. */
  let failures = 0;
  let readySince = 0;
  /** Whether others were given its address. */
  let told = false;
  let retry: NodeJS.Timeout | undefined;
  /** A start on its own, so that nothing ends a server that is just being started. */
  let starting: Promise<void> = Promise.resolve();
  let left = false;

  const url = (): string => kind.url(site.password, port ?? 0);
  const tell = (change: DatabaseChange['change'], message: string): void =>
    deps.onChange({ name, at: now(), change, message });

  const choosePort = async (): Promise<ClaimedPort> => {
    const had = port;
    const claimed = await portFor(had);
    const chosen = claimed.port;
    if (chosen === had) return claimed;
    try {
      // Who was told of it goes on asking there: another one would be found by nobody.
      if (told && had !== null) throw portTaken(name, had);
      if (had !== null)
        deps.warn(
          `The port ${had} of the database ${name} is taken by another program: it has ${chosen} now.`,
        );
      home.rememberPort(chosen);
    } catch (thrown) {
      claimed.letGo();
      throw thrown;
    }
    port = chosen;
    return claimed;
  };

  /** @throws why it does not answer; nothing runs then */
  const bringUp = async (found: FoundServer | null, giveUp: AbortSignal): Promise<void> => {
    const written = logFiles.check(logPath);
    if (found) return await attend(watchServer(found, found.port ?? port ?? 0), written, giveUp);
    const claimed = await choosePort();
    try {
      const begun = await startServer(kind, site, claimed.port, deps, giveUp);
      await attend(begun, written, giveUp);
    } finally {
      claimed.letGo();
    }
  };

  /** `written`: bytes of its log that are of those before it. @throws as `bringUp` */
  const attend = async (
    begun: RunningServer,
    written: number,
    giveUp: AbortSignal,
  ): Promise<void> => {
    const lastWords = (): readonly string[] => tailAfter(logPath, written, LAST_LINES);
    server = begun;
    port = begun.port;
    startedAt = now();
    try {
      usage = await untilAnswers({ name, kind, url: url(), lastWords }, begun, giveUp);
    } catch (thrown) {
      server = null;
      begun.letGo();
      if (!begun.adopted && !left)
        await endServer({ ...begun, kind, data: site.data }, FAILED_GRACE_MS);
      throw thrown;
    }
    [state, problem, readySince, told] = ['ready', null, performance.now(), true];
    void begun.exited.then((how) => ended(begun, how));
  };

  const ended = (which: RunningServer, how: string): void => {
    if (leaving.signal.aborted || server !== which) return;
    [server, usage, startedAt] = [null, null, null];
    if (performance.now() - readySince > SOUND_MS) failures = 0;
    state = failures < FAILURES ? 'starting' : 'failed';
    problem = `It ended by itself: ${how}.`;
    tell('ended', `The database ${name} ended by itself: ${how}.`);
    if (state === 'failed') tell('failed', givenUp(name, 'it ends as soon as it is there'));
    again();
  };

  const again = (): void => {
    const waitMs = state === 'failed' ? MINUTE : failures === 0 ? 0 : againMs * 2 ** (failures - 1);
    retry = setTimeout(() => {
      starting = bringUp(null, leaving.signal).then(back, failed);
    }, waitMs);
  };
  const back = (): void => {
    if (leaving.signal.aborted) return;
    tell('back', `The database ${name} is back.`);
    failures += 1;
  };
  const failed = (thrown: unknown): void => {
    if (leaving.signal.aborted) return;
    failures += 1;
    problem = `${messageOf(thrown)}.`;
    log.error({ database: name, err: thrown, failures }, 'a database could not be started');
    if (failures >= FAILURES && state !== 'failed') {
      state = 'failed';
      tell('failed', givenUp(name, messageOf(thrown)));
    }
    again();
  };

  return {
    async start(found, giveUp) {
      if (home.leftBehind !== null) deps.warn(isCopy(name, home.leftBehind));
      starting = bringUp(found, giveUp);
      await starting;
    },
    get adopted() {
      return server?.adopted ?? false;
    },
    url,
    view: () => ({
      name,
      kind: kind.kind,
      state,
      address: `127.0.0.1:${port ?? 0}`,
      pid: server?.identity.pid ?? null,
      startedAt,
      memoryBytes: usage?.memoryBytes ?? null,
      connections: usage?.connections ?? null,
      maxConnections: usage?.maxConnections ?? null,
      problem,
    }),
    async look() {
      const asked = server;
      if (asked === null || state !== 'ready') return;
      logFiles.check(logPath);
      try {
        const seen = await kind.ask(url());
        if (server !== asked) return;
        usage = { ...seen, memoryBytes: seen.memoryBytes ?? residentBytes(asked.identity.pid) };
        problem = null;
      } catch (thrown) {
        // Its end is told by itself.
        if (server === asked) problem = `It does not answer: ${messageOf(thrown)}.`;
      }
    },
    async stop(graceMs, hurry) {
      leaving.abort(new Error(`the database ${name} is being stopped`));
      clearTimeout(retry);
      await starting.catch(() => undefined);
      server?.letGo();
      if (server) await endServer({ ...server, kind, data: site.data }, graceMs, hurry);
      [server, usage, startedAt, state] = [null, null, null, 'stopped'];
    },
    async letGo() {
      left = true;
      leaving.abort();
      clearTimeout(retry);
      await starting.catch(() => undefined);
      server?.letGo();
    },
  };
}

// Private

const LAST_LINES = 5;
/** One that ended before is taken for one that could not be started. */
const SOUND_MS = 10 * SECOND;
const FAILURES = 5;
const FAILED_GRACE_MS = 2 * SECOND;

function givenUp(name: string, why: string): string {
  return `The database ${name} is tried once a minute from now on: ${why}.`;
}

function isCopy(name: string, home: string): string {
  return `The folder .tidegate is a copy: the data of the database ${name} stayed in ${home}, and this one begins empty.`;
}
