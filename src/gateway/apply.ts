import { codeOf, messageOf } from '../kit/errors.ts';
import { alertsSince } from './alerts.ts';
import { portProblems } from './check.ts';
import type { Applied, GatewayState } from './gateway.ts';
import { validate } from './haproxy.ts';
import { orDeath, type Live } from './live.ts';
import { plan, type Plan, type Planned } from './plan.ts';
import { untilWorker } from './readiness.ts';
import { sampledKeys } from './render/log.ts';
import { cacheLeavingCommands } from './render/cache.ts';
import { handoverCommands } from './render/handover.ts';
import { certificatePayloads } from './render/tls.ts';
import type { Site } from './site.ts';

/**
 * Makes a running HAProxy match `next`. On a refusal the configuration that serves stays, with the servers of `next`.
 * @throws TidegateError GATEWAY_SILENT
 */
export async function apply(site: Site, live: Live, next: GatewayState): Promise<Applied> {
  try {
    return await carryOut(site, live, next);
  } catch (thrown) {
    // It may have done what it did not confirm. What else fails, as a full disk does, fails before it is told.
    if (codeOf(thrown) === 'GATEWAY_SILENT') live.doubt = UNCONFIRMED;
    throw thrown;
  }
}

// Private

/** A reload takes some 60 ms; a machine under full load takes longer. */
const RELOAD_MS = 15_000;

const UNCONFIRMED = 'whether the last change was carried out is not known';

async function carryOut(site: Site, live: Live, next: GatewayState): Promise<Applied> {
  const planned = planFor(site, live, next);
  if (live.doubt !== null && planned.kind === 'reload')
    return reload(site, live, [live.doubt], planned.next);
  if (planned.kind === 'runtime') return change(site, live, planned.commands, planned.next);
  if (planned.kind !== 'reload') return planned;
  // The worker that leaves answers each client it has once more, with the servers it knew when it was told to leave.
  const servers = planFor(site, live, withServersOf(next, live.planned.state));
  if (servers.kind === 'runtime') await change(site, live, servers.commands, servers.next);
  return reload(site, live, planned.reasons, planned.next);
}

function planFor(site: Site, live: Live, next: GatewayState): Plan {
  const { planned, doubt } = live;
  // Where it is not known what HAProxy does, nothing less than a reload will do.
  const before = doubt === null ? planned : { ...planned, rendered: { config: '', maps: {} } };
  return plan(before, next, site.paths, site.machine);
}

/** Everything as it is but the servers, as far as there is room for them, and whether their service sleeps. */
function withServersOf(next: GatewayState, now: GatewayState): GatewayState {
  const services = Object.entries(now.services).map(([name, service]) => {
    const { servers = [], sleep = null } = next.services[name] ?? {};
    if (servers.length > service.slots) return [name, service] as const;
    const state = service.sleep && sleep && { ...sleep, holdMs: service.sleep.holdMs };
    return [name, { ...service, servers, sleep: state ?? service.sleep }] as const;
  });
  return { ...now, services: Object.fromEntries(services) };
}

async function change(
  site: Site,
  live: Live,
  commands: readonly string[],
  next: Planned,
): Promise<Applied> {
  try {
    await live.runtime.change(commands, certificatePayloads(next.rendered, site.paths));
  } catch (thrown) {
    if (codeOf(thrown) !== 'GATEWAY_COMMAND_FAILED') throw thrown;
    // It is not as we thought it was: the file says what it should be.
    live.doubt = messageOf(thrown);
    return reload(site, live, [live.doubt], next);
  }
  live.planned = next;
  await live.workers.reseat(next.slots).catch((err: unknown) => {
    site.log.warn({ err }, 'the first counts of a server may be those of the one before');
  });
  keepFiles(site, next);
  return { kind: 'runtime', commands };
}

async function reload(
  site: Site,
  live: Live,
  reasons: readonly string[],
  next: Planned,
): Promise<Applied> {
  const problems = await problemsOf(site, live, next);
  if (problems.length > 0) {
    keepFiles(site, live.planned);
    return { kind: 'refused', problems };
  }
  // What the worker that leaves has counted so far is not lost with it, unless it is silent: then a reload is the cure.
  await live.workers.stat().catch((err: unknown) => {
    site.log.warn({ err }, 'the last counts of a worker that leaves are lost');
  });
  const alerts = alertsSince(site.logs.own);
  site.files.acceptCandidate();
  const taken = await orDeath(live.process, live.master.reload());
  if (!taken) {
    keepFiles(site, live.planned);
    const said = alerts();
    return { kind: 'refused', problems: said.length > 0 ? said : ['the reload failed'] };
  }
  const { current } = await live.master.workers();
  const worker = await orDeath(live.process, untilWorker(live.runtime, current, RELOAD_MS));
  live.workers.replace(worker, next.slots);
  const { state } = live.planned;
  const leaving = [
    ...handoverCommands(state, site.paths),
    ...cacheLeavingCommands(state, site.paths),
  ];
  await live.workers.tellEarlier(leaving).catch((err: unknown) => {
    site.log.warn(
      { err },
      'a worker that leaves refuses what it holds when its time is over, and may answer what is purged',
    );
  });
  live.planned = next;
  live.doubt = null;
  await live.sampler.restore(sampledKeys(next.state)).catch((err: unknown) => {
    site.log.warn({ err }, 'the share of logged requests is back at all of them');
  });
  return { kind: 'reload', reasons };
}

/** Why HAProxy would not take it, in its own words; the candidate is written when this returns. */
async function problemsOf(site: Site, live: Live, next: Planned): Promise<readonly string[]> {
  const problems = await portProblems(live, next.state.gateway);
  if (problems.length > 0) return problems;
  return validate(site.binary, site.files.writeCandidate(next.rendered));
}

/** HAProxy does as it was told whether or not the disk has room for its files; a later change writes them again. */
function keepFiles(site: Site, planned: Planned): void {
  try {
    site.files.write(planned.rendered);
  } catch (err) {
    site.log.warn({ err }, 'the rendered files of the gateway could not be written');
  }
}
