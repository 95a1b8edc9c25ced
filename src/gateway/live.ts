import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { alertsSince } from './alerts.ts';
import { gatewayRefused, gatewaySilent } from './errors.ts';
import type { GatewayState } from './gateway.ts';
import { validate } from './haproxy.ts';
import { createMasterSocket, type MasterSocket } from './master-socket.ts';
import { plan, type Planned, type Rendered, type SlotTable } from './plan.ts';
import { checkPorts, listenersOf } from './port-check.ts';
import { clearAway, startHaproxy, type HaproxyProcess } from './process.ts';
import { SAMPLING_MAP } from './render/names.ts';
import { untilServing, untilWorker } from './readiness.ts';
import { createRuntimeSocket, type RuntimeSocket } from './runtime-socket.ts';
import type { Site } from './site.ts';
import { createSampler, type Sampler } from './sampler.ts';
import { createWorkers, type Workers } from './workers.ts';

/** A HAProxy that runs, and what it was last told. */
export interface Live {
  readonly process: HaproxyProcess;
  readonly runtime: RuntimeSocket;
  readonly master: MasterSocket;
  readonly workers: Workers;
  readonly sampler: Sampler;
  planned: Planned;
  /** Why `planned` may not be what HAProxy does, for people; null: it is. A reload dispels it. */
  doubt: string | null;
}

/**
 * Starts HAProxy with this state and resolves once it serves; on any failure nothing of it is left. Replicas get the
 * slots they had before, `seated`.
 * @throws TidegateError PORT_TAKEN, GATEWAY_REFUSED, GATEWAY_SILENT
 */
export async function launch(site: Site, state: GatewayState, seated: SlotTable): Promise<Live> {
  const first = plan(null, state, site.paths, site.machine, seated);
  if (first.kind === 'refused') throw gatewayRefused(first.problems);
  if (first.kind === 'nothing') throw gatewayRefused(['there is nothing to start']);
  const { host, port } = state.gateway;
  await checkPorts(listenersOf(state.gateway));

  await putInPlace(site, first.next.rendered);

  const alerts = alertsSince(site.logs.own);
  const process = await startHaproxy(site);
  const runtime = createRuntimeSocket(site.sockets.runtime);
  const master = createMasterSocket(site.sockets.master, process.exited);
  const workers = createWorkers(runtime, master);
  try {
    const worker = await orDeath(process, untilWorker(runtime, null, START_MS));
    workers.replace(worker, first.next.slots);
    await orDeath(process, untilServing(host, port, START_MS));
  } catch (cause) {
    await clearAway(process.identity);
    const said = alerts();
    throw said.length > 0 ? gatewayRefused(said, cause) : cause;
  }
  const sampler = createSampler(runtime, join(site.paths.folder, SAMPLING_MAP));
  return { process, runtime, master, workers, sampler, planned: first.next, doubt: null };
}

/** What was asked of HAProxy, unless it ends meanwhile. @throws TidegateError GATEWAY_SILENT */
export function orDeath<T>(process: HaproxyProcess, asked: Promise<T>): Promise<T> {
  const death = process.exited.then((how): never => {
    throw gatewaySilent('it ended', new Error(how));
  });
  return Promise.race([asked, death]);
}

// Private

/** What HAProxy has accepted before, as when it was killed, needs no other verdict: until it is back nobody is answered. */
async function putInPlace({ binary, files }: Site, rendered: Rendered): Promise<void> {
  if (isDeepStrictEqual(files.read(), rendered)) return;
  const problems = await validate(binary, files.writeCandidate(rendered));
  if (problems.length > 0) throw gatewayRefused(problems);
  files.acceptCandidate();
}

/** It serves after some 50 ms; a machine under full load takes longer. */
const START_MS = 15_000;
