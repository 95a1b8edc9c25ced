import { X509Certificate } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { prove } from '../process/identity.ts';
import { digestsOf, recalled } from './discretion.ts';
import { gatewaySilent } from './errors.ts';
import { readFact } from './fact.ts';
import type { GatewayState } from './gateway.ts';
import { orDeath, type Live } from './live.ts';
import { createMasterSocket, type MasterSocket, type WorkerTable } from './master-socket.ts';
import { findMasters, obstacleOf } from './masters.ts';
import type { Planned, Rendered } from './plan.ts';
import { clearAway, stopHaproxy, watchHaproxy, type HaproxyProcess } from './process.ts';
import { untilWorker } from './readiness.ts';
import { LIVE_MAPS } from './render/live-maps.ts';
import { CERTIFICATE_FILE, SAMPLING_MAP } from './render/names.ts';
import { commandWord } from './render/quote.ts';
import { cacheLeavingCommands } from './render/cache.ts';
import { handoverCommands } from './render/handover.ts';
import { certificatePath } from './render/tls.ts';
import { createRuntimeSocket, type RuntimeSocket } from './runtime-socket.ts';
import { createSampler } from './sampler.ts';
import {
  SHOW_SERVERS,
  parseServers,
  slotsSeen,
  standAs,
  type SeenServers,
} from './seen-servers.ts';
import type { Site } from './site.ts';
import { createWorkers } from './workers.ts';

/** What became of looking for a HAProxy that runs already. */
export type Found =
  | { readonly kind: 'found'; readonly live: Live }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unproven'; readonly pids: readonly number[] };

/**
 * Finds this project's HAProxy and gets hold of it as it is; nothing of what it does is changed. Whatever else of this
 * project pretends to be its gateway is ended.
 * @throws TidegateError GATEWAY_SILENT after `patienceMs`; it was ended
 */
export async function findAndHold(
  site: Site,
  fact: unknown,
  state: GatewayState,
  patienceMs = PATIENCE_MS,
): Promise<Found> {
  const { log, nonce } = site;
  const known = readFact(fact, nonce);
  const masters = findMasters(known?.identity ?? null, nonce);
  const [identity, ...others] = masters.running;
  for (const session of [...masters.orphaned, ...others]) {
    log.warn({ pid: session.pid }, 'clearing away what an earlier HAProxy left behind');
    await clearAway(session);
  }
  if (!identity) {
    const { unproven } = masters;
    return unproven.length > 0 ? { kind: 'unproven', pids: unproven } : { kind: 'gone' };
  }
  const process = watchHaproxy(identity);
  const obstacle = obstacleOf(identity, site);
  if (obstacle !== null) {
    log.warn({ pid: identity.pid, obstacle }, 'HAProxy has to be started again');
    await stopHaproxy(process, LAST_REQUESTS_MS, () => Promise.resolve(false));
    process.letGo();
    return { kind: 'gone' };
  }
  const planned = isDeepStrictEqual(known?.identity, identity) ? (known?.planned ?? null) : null;
  try {
    return { kind: 'found', live: await hold(site, process, planned, state, patienceMs) };
  } catch (cause) {
    process.letGo();
    const ended = prove(identity) === 'gone';
    await clearAway(identity);
    if (ended) return { kind: 'gone' };
    throw gatewaySilent('it was left by an earlier control plane and was ended now', cause);
  }
}

// Private

const PATIENCE_MS = 10_000;

/** For what is in flight when nobody can tell whether anything is; the port is closed meanwhile. */
const LAST_REQUESTS_MS = 2_000;

async function hold(
  site: Site,
  process: HaproxyProcess,
  told: Planned | null,
  state: GatewayState,
  patienceMs: number,
): Promise<Live> {
  const rendered = site.files.read();
  const runtime = createRuntimeSocket(site.sockets.runtime);
  const master = createMasterSocket(site.sockets.master, process.exited, patienceMs);
  const { current, old } = await orDeath(process, untilThereIsAWorker(master, patienceMs));
  await orDeath(process, untilWorker(runtime, current, patienceMs));
  const seen = parseServers(await runtime.ask(SHOW_SERVERS));

  const doubt = await doubtOf(site, runtime, told, rendered, seen);
  const planned =
    told && doubt === null
      ? { ...told, state: recalled(told.state, state, site.nonce), rendered }
      : { state, slots: slotsSeen(state, seen), rendered };
  const workers = createWorkers(runtime, master);
  workers.replace(current, planned.slots);
  for (const pid of old) {
    const servers = await master.askWorker(pid, SHOW_SERVERS);
    if (servers !== null) workers.recall(pid, slotsSeen(state, parseServers(servers)));
  }
  // Whoever made the reload may not have lived to tell them.
  const { state: last } = told ?? planned;
  const leaving = [
    ...handoverCommands(last, site.paths),
    ...cacheLeavingCommands(last, site.paths),
  ];
  await workers.tellEarlier(leaving).catch((err: unknown) => {
    site.log.warn({ err }, 'requests that an earlier worker holds wait until their time is over');
  });
  // What they counted before us is nobody's traffic of now.
  await workers.stat();
  workers.takeCounts();
  workers.takeCacheUse();

  const sampler = createSampler(runtime, join(site.paths.folder, SAMPLING_MAP));
  await sampler.learn();
  return { process, runtime, master, workers, sampler, planned, doubt };
}

/** An earlier control plane may have ended in the middle of a reload. */
async function untilThereIsAWorker(
  master: MasterSocket,
  patienceMs: number,
): Promise<WorkerTable & { readonly current: number }> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const { current, ...table } = await master.workers();
    if (current !== null) return { current, ...table };
    if (performance.now() > deadline) throw gatewaySilent('a worker coming up');
    await delay(10);
  }
}

/**
 * Why it is not certain that HAProxy does what it was `told` last; null: it is. A control plane may end between any two
 * steps: files are written before a reload and after a change at runtime, and what was told is remembered last.
 */
async function doubtOf(
  site: Site,
  runtime: RuntimeSocket,
  told: Planned | null,
  rendered: Rendered,
  seen: SeenServers,
): Promise<string | null> {
  if (told === null) return 'what HAProxy was told last is not known';
  if (!isDeepStrictEqual(digestsOf(rendered, site.nonce), told.rendered))
    return 'the files of the gateway are not what HAProxy was told last';
  const asTold =
    standAs(told, seen) &&
    (await livesAs(site, runtime, rendered)) &&
    (await showsCertificate(site, runtime, rendered));
  return asTold ? null : 'HAProxy does not do what it was told last';
}

/** Whether the maps that change at runtime hold what was told. */
async function livesAs(site: Site, runtime: RuntimeSocket, rendered: Rendered): Promise<boolean> {
  for (const name of LIVE_MAPS) {
    const written = rendered.maps[name];
    if (written === undefined) continue;
    const map = await runtime.ask(`show map ${commandWord(join(site.paths.folder, name))}`);
    const shown = [...map.matchAll(/^\S+ (.+)$/gm)].map(([, entry]) => entry as string);
    const entries = written.split('\n').filter((line) => line !== '');
    if (!isDeepStrictEqual(shown.sort(), entries.sort())) return false;
  }
  return true;
}

/** Whether HAProxy serves the certificate that is in its folder. */
async function showsCertificate(
  site: Site,
  runtime: RuntimeSocket,
  { maps }: Rendered,
): Promise<boolean> {
  const written = maps[CERTIFICATE_FILE];
  if (written === undefined) return true;
  const shown = await runtime.ask(`show ssl cert ${commandWord(certificatePath(site.paths))}`);
  const print = /^SHA1 FingerPrint: (\w+)$/m.exec(shown)?.[1];
  return print === new X509Certificate(written).fingerprint.replaceAll(':', '');
}
