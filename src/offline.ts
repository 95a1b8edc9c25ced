/** What can be seen and done without a running control plane, or to one from outside: another composition root. */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from './kit/clock.ts';
import { EXIT, TidegateError } from './kit/errors.ts';
import { createLog } from './kit/log.ts';
import { gatewayState } from './control/gateway-state.ts';
import type { Leftovers } from './control/leftovers.ts';
import { stopLeftovers } from './control/leftovers.ts';
import type { LogLine } from './engine/engine.ts';
import { readLogs } from './engine/local/logs.ts';
import { gatewayRefused } from './gateway/errors.ts';
import { gatewayThreads, WANTED_CONNECTIONS } from './gateway/machine.ts';
import { plan } from './gateway/plan.ts';
import type { Rendered } from './gateway/plan.ts';
import type { RouteExplanation } from './gateway/render/explain-route.ts';
import { explainRoute } from './gateway/render/explain-route.ts';
import { existsSync } from 'node:fs';
import { isRunning, readStat } from './process/stat.ts';
import type { Spec } from './spec/spec.ts';
import { stateFolder } from './state/folder.ts';
import type { StateFolder } from './state/folder.ts';
import { acquireLock, readLockHolder } from './state/lock.ts';
import type { LockHolder } from './state/lock.ts';
import { openStore } from './state/open.ts';
import { openOrSetAside } from './state/set-aside.ts';
import type { Store } from './state/store.ts';
import type { ReplicaRow } from './state/replicas.ts';
import type { LogsRequest } from './web/client.ts';
import type { Explanation } from './web/contract.ts';
import { explanationOf } from './web/explanation.ts';

export type Ended =
  | {
      readonly kind: 'stopped';
      readonly pid: number;
      readonly tookMs: number;
      /** What it had left all the same. */
      readonly leftovers: Leftovers;
    }
  | { readonly kind: 'was-not-running'; readonly leftovers: Leftovers };

export interface EndOptions {
  /** Called about once a second with the time waited so far. */
  readonly onWait: (waitedMs: number) => void;
  /** When it aborts, the running control plane is told to hurry. */
  readonly hurry: AbortSignal;
}

/**
 * Ends the project of this folder: asks the running control plane to drain and stop everything and waits for it; where
 * none runs, ends what an earlier one left.
 * @throws TidegateError STATE_TOO_NEW, NOT_STOPPED
 */
export async function endProject(projectFolder: string, options: EndOptions): Promise<Ended> {
  const folder = stateFolder(projectFolder);
  if (!existsSync(folder.path)) {
    return { kind: 'was-not-running', leftovers: { stopped: [], unproven: [] } };
  }
  const givesUpAt = Date.now() + NAMED_WITHIN_MS;
  for (;;) {
    const lock = acquireLock(folder.lock, holderHere());
    if (lock) {
      try {
        return { kind: 'was-not-running', leftovers: await clearAway(folder) };
      } finally {
        lock.release();
      }
    }
    const holder = readLockHolder(folder.lock);
    if (holder) return endRunning(folder, holder, options);
    // It has just ended, or has the lock and has not said yet who it is.
    if (Date.now() > givesUpAt) throw unnamed(folder);
    await delay(25);
  }
}

/** The replicas the state file believes in; empty when there is no state file. */
export function knownReplicas(projectFolder: string): readonly ReplicaRow[] {
  return reading(projectFolder, (store) => store.replicas.live()) ?? [];
}

/** What is stored of a service's decisions, as the API tells it; null when there is no state file. */
export function storedDecisions(
  projectFolder: string,
  service: string,
  { last, at }: { readonly last: number; readonly at?: number },
): Explanation | null {
  return reading(projectFolder, ({ decisions, incidents }) => {
    const found = at === undefined ? decisions.last(service, last) : [decisions.at(service, at)];
    return explanationOf(
      service,
      found.filter((each) => each !== null),
      (...span) => incidents.list(service, ...span),
      at ?? systemClock.now(),
    );
  });
}

/** When the first decision about a service that is still known was made, in ms since the epoch. */
export function firstDecisionAt(projectFolder: string, service: string): number | null {
  return reading(projectFolder, ({ decisions }) => decisions.firstAt(service));
}

/** What replicas wrote, past ones too, as far as it was kept. */
export function writtenLogs(projectFolder: string, query: LogsRequest): AsyncIterable<LogLine> {
  return readLogs(
    stateFolder(projectFolder).logs,
    {
      service: query.service ?? null,
      sinceMs: query.since ?? null,
      lines: query.lines ?? DEFAULT_LINES,
      grep: query.grep ?? null,
      follow: false,
    },
    new AbortController().signal,
  );
}

/**
 * The gateway's configuration as it would be with no replica running.
 * @throws TidegateError GATEWAY_REFUSED
 */
export function renderGateway(spec: Spec): Rendered {
  const folder = stateFolder(spec.folder);
  const planned = plan(
    null,
    gatewayState({ gateway: spec.gateway, services: Object.values(spec.services) }, []),
    { folder: folder.haproxy, runFolder: folder.run },
    {
      threads: gatewayThreads(availableParallelism()),
      maxConnections: WANTED_CONNECTIONS,
      dropTo: null,
      lua: true,
    },
  );
  if (planned.kind === 'refused') throw gatewayRefused(planned.problems);
  if (planned.kind === 'nothing') throw new Error('a first plan is never empty');
  return planned.next.rendered;
}

/**
 * Where a request would go. `headers` as `'name: value'`.
 * @throws TidegateError BAD_HEADER
 */
export function explainRequest(
  spec: Spec,
  method: string,
  url: string,
  headers: readonly string[],
): RouteExplanation {
  const named = headers.map((header): [string, string] => {
    const colon = header.indexOf(':');
    if (colon > 0) return [header.slice(0, colon).trim(), header.slice(colon + 1).trim()];
    throw new TidegateError('BAD_HEADER', `${JSON.stringify(header)} is no header.`, {
      hint: "Write it as 'name: value'.",
      exitCode: EXIT.usage,
    });
  });
  return explainRoute(spec.gateway, {
    method: method.toUpperCase(),
    url,
    headers: Object.fromEntries(named),
  });
}

// Private

const DEFAULT_LINES = 100;

/** A holder writes down who it is right after it got the lock. */
const NAMED_WITHIN_MS = 2000;

/** Null when there is no state file. */
function reading<T>(projectFolder: string, read: (store: Store) => T): T | null {
  const folder = stateFolder(projectFolder);
  if (!existsSync(folder.database)) return null;
  const store = openStore(folder.database, { now: systemClock.now });
  try {
    return read(store);
  } finally {
    store.close();
  }
}

/** The lock is held, so its holder lives and its pid is its own. Whoever takes over from it meanwhile is told, too. */
async function endRunning(
  folder: StateFolder,
  first: LockHolder,
  { onWait, hurry }: EndOptions,
): Promise<Ended> {
  const startedAt = Date.now();
  let { pid } = first;
  const stop = (): void => signal(pid);
  // A second signal would mean "at once": what it is finishing must not be cut off because two people said `down`.
  if (!first.stopping) stop();
  hurry.addEventListener('abort', stop, { once: true });
  const leftovers = { stopped: [] as string[], unproven: [] as string[] };
  for (let told = startedAt; ; ) {
    const lock = acquireLock(folder.lock, holderHere());
    if (lock) {
      try {
        // It may have been leaving, or have been killed: then something is left.
        const { stopped, unproven } = await clearAway(folder);
        leftovers.stopped.push(...stopped);
        leftovers.unproven.push(...unproven);
      } finally {
        lock.release();
      }
    }
    // The lock is given back a moment before the process has ended.
    if (lock && !isRunning(readStat(pid))) {
      return { kind: 'stopped', pid, tookMs: Date.now() - startedAt, leftovers };
    }
    const holder = lock ? null : readLockHolder(folder.lock);
    if (holder && holder.pid !== pid) {
      ({ pid } = holder);
      if (!holder.stopping) stop();
    }
    if (Date.now() - told >= 1000) {
      told = Date.now();
      onWait(told - startedAt);
    }
    await delay(25);
  }
}

function unnamed(folder: StateFolder): TidegateError {
  return new TidegateError('NOT_STOPPED', 'The project is running, but its pid is not known.', {
    hint: `Look for it with: lsof ${folder.lock}`,
  });
}

/** Whoever holds the lock here ends by itself; another `down` waits for it. */
function holderHere(): LockHolder {
  return { pid: process.pid, startedAt: systemClock.now(), stopping: true };
}

function signal(pid: number): void {
  try {
    // SIGTERM may mean to leave everything running: see `up --keep`.
    process.kill(pid, 'SIGINT');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new TidegateError('NOT_STOPPED', `Could not tell process ${pid} to stop`, {
      hint: 'Run the command as the user who started it.',
      cause,
    });
  }
}

async function clearAway(folder: StateFolder): Promise<Leftovers> {
  const { store } = openOrSetAside(folder.database, { now: systemClock.now });
  try {
    return await stopLeftovers(store, systemClock, createLog(`${folder.logs}/control.log`));
  } finally {
    store.close();
  }
}
