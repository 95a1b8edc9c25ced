/** What can be seen without a running control plane: another composition root. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { systemClock } from './kit/clock.ts';
import { EXIT, TidegateError } from './kit/errors.ts';
import { silentLog } from './kit/log.ts';
import { CALM, gatewayState } from './control/gateway-state.ts';
import { keyMemory } from './control/key-memory.ts';
import { GATEWAY_FACT } from './control/leftovers.ts';
import { foundServers } from './databases/found.ts';
import { runningUrl } from './databases/running-url.ts';
import type { LogLine } from './engine/engine.ts';
import { listLogs } from './engine/local/log-folder.ts';
import { readLogs } from './engine/local/logs.ts';
import { gatewayRefused } from './gateway/errors.ts';
import type { GatewayState } from './gateway/gateway.ts';
import { shownMaterial } from './gateway/keys/shown-material.ts';
import { atHand } from './gateway/keys/sources.ts';
import type { MaterialProblem, ReadSecret, Why } from './gateway/keys/sources.ts';
import { gatewayThreads, WANTED_CONNECTIONS } from './gateway/machine.ts';
import { findMasters } from './gateway/masters.ts';
import { plan } from './gateway/plan.ts';
import { readPrograms } from './gateway/programs.ts';
import type { GatewayMachine, GatewayPaths, Rendered } from './gateway/plan.ts';
import { explainRules, type Rule } from './gateway/render/explain-rules.ts';
import type { RouteExplanation } from './gateway/render/explain-route.ts';
import { explainRoute } from './gateway/render/explain-route.ts';
import type { ProcessIdentity } from './process/identity.ts';
import { prove } from './process/identity.ts';
import type { PolicyName, Spec } from './spec/spec.ts';
import { stateFolder } from './state/folder.ts';
import { readLockHolder } from './state/lock.ts';
import { openStore } from './state/open.ts';
import type { Store } from './state/store.ts';
import type { ReplicaRow } from './state/replicas.ts';
import type { LogsRequest } from './web/client.ts';
import type { Explanation } from './web/contract.ts';
import { explanationOf } from './web/explanation.ts';
import { alertRulesFile } from './web/monitoring/alert-rules-file.ts';
import { scrapeConfig } from './web/monitoring/scrape-config.ts';

export { RULES_FILE } from './web/monitoring/scrape-config.ts';
export { DASHBOARD_FILE, grafanaDashboard } from './web/monitoring/grafana.ts';

/** The replicas the state file believes in; empty when there is no state file. */
export function knownReplicas(projectFolder: string): readonly ReplicaRow[] {
  return reading(projectFolder, (store) => store.replicas.live()) ?? [];
}

/** What goes on without a control plane, each proved to be ours. */
export interface LeftRunning {
  readonly gatewayPid: number | null;
  /** By id. */
  readonly replicas: readonly string[];
  /** By name. */
  readonly databases: readonly string[];
}

/** Empty when there is no state file. @throws what opening the state file throws */
export function leftRunning(projectFolder: string): LeftRunning {
  const found = reading(projectFolder, (store): LeftRunning => {
    const fact = store.facts.get(GATEWAY_FACT) as { identity?: ProcessIdentity } | null;
    const isOurs = ({ identity }: ReplicaRow): boolean =>
      identity !== null && prove(identity as ProcessIdentity) === 'ours';
    return {
      gatewayPid: findMasters(fact?.identity ?? null, store.nonce).running[0]?.pid ?? null,
      replicas: store.replicas
        .live()
        .filter(isOurs)
        .map(({ id }) => id),
      databases: foundServers(store.nonce).map(({ name }) => name),
    };
  });
  return found ?? { gatewayPid: null, replicas: [], databases: [] };
}

/** Whether everything of the project is being stopped, or has been. @throws what opening the state file throws */
export function everythingStops(projectFolder: string): boolean {
  if (readLockHolder(stateFolder(projectFolder).lock)?.stopping) return true;
  const { gatewayPid, replicas } = leftRunning(projectFolder);
  return gatewayPid === null && replicas.length === 0;
}

/** The address of a database of ours that runs, with its password; null: none of this name does. */
export function runningDatabaseUrl(projectFolder: string, name: string): string | null {
  const { databases } = stateFolder(projectFolder);
  return reading(projectFolder, ({ nonce }) => runningUrl(databases, nonce, name));
}

/** What is stored of a service's decisions, as the API tells it; null when there is no state file. */
export function storedDecisions(
  projectFolder: string,
  service: string,
  {
    last,
    at,
    policy,
  }: { readonly last: number; readonly at?: number; readonly policy?: PolicyName },
): Explanation | null {
  return reading(projectFolder, ({ decisions: live, shadows, incidents }) => {
    // As it was told to run last: the configuration may say something else by now.
    const isLive = policy === undefined || live.last(service, 1)[0]?.policy === policy;
    const decisions = isLive ? live : shadows.decisions(policy);
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

/** The services whose replicas wrote something, by name. */
export function writtenServices(projectFolder: string): readonly string[] {
  const { logs } = stateFolder(projectFolder);
  return [...new Set(listLogs(logs, null).map(({ service }) => service))].toSorted();
}

/** What is wrong with the files and secrets that the gateway's keys and its certificate come from. */
export interface MaterialCheck {
  /** All of it, as sentences. */
  readonly warnings: readonly string[];
  /** Which keys `up` would refuse, and `deploy`, for which a certificate must hold now. */
  readonly refused: Readonly<Record<'up' | 'deploy', readonly string[]>>;
}

export function checkMaterial({ gateway }: Spec, readSecret: ReadSecret): MaterialCheck {
  const wrongFor = (why: Why) => atHand(gateway, readSecret, systemClock, why).problems;
  const atDeploy = wrongFor('deploy');
  return {
    warnings: atDeploy.map(({ path, message }) => `${path}: ${message}`),
    refused: { up: wrongFor('start').map(keyOf), deploy: atDeploy.map(keyOf) },
  };
}

/**
 * The gateway's configuration as it would be with no replica running, without its secrets.
 * @throws TidegateError GATEWAY_REFUSED
 */
export function renderGateway(spec: Spec): Rendered {
  const planned = plan(null, ...atRest(spec));
  if (planned.kind === 'refused') throw gatewayRefused(planned.problems);
  if (planned.kind === 'nothing') throw new Error('a first plan is never empty');
  return planned.next.rendered;
}

/** What Prometheus is told of a project: where to look, and when to raise the alarm. */
export function renderPrometheus(spec: Spec): { readonly scrape: object; readonly rules: object } {
  return { scrape: scrapeConfig(spec), rules: alertRulesFile(spec) };
}

/**
 * Where a request would go, and the rules for it there, as they are with no replica running. `headers` as `'name: value'`.
 * @throws TidegateError BAD_HEADER
 */
export function explainRequest(
  spec: Spec,
  method: string,
  url: string,
  headers: readonly string[],
): { readonly explained: RouteExplanation; readonly rules: readonly Rule[] } {
  const named = headers.map((header): [string, string] => {
    const colon = header.indexOf(':');
    if (colon > 0) return [header.slice(0, colon).trim(), header.slice(colon + 1).trim()];
    throw new TidegateError('BAD_HEADER', `${JSON.stringify(header)} is no header.`, {
      hint: "Write it as 'name: value'.",
      exitCode: EXIT.usage,
    });
  });
  const explained = explainRoute(spec.gateway, {
    method: method.toUpperCase(),
    url,
    headers: Object.fromEntries(named),
  });
  if (explained.kind !== 'route') return { explained, rules: [] };
  const [state, paths, machine] = atRest(spec);
  return { explained, rules: explainRules(state, explained, paths, machine) };
}

// Private

const DEFAULT_LINES = 100;

const keyOf = ({ path }: MaterialProblem): string => path;

/** The gateway with no replica running, without its secrets. */
function atRest(spec: Spec): [GatewayState, GatewayPaths, GatewayMachine] {
  const folder = stateFolder(spec.folder);
  return [
    shownState(spec),
    { folder: folder.haproxy, runFolder: folder.run },
    {
      threads: gatewayThreads(availableParallelism()),
      maxConnections: WANTED_CONNECTIONS,
      dropTo: null,
      lua: true,
      programs: readPrograms(),
    },
  ];
}

function shownState({ gateway, services, folder }: Spec): GatewayState {
  const remembered = (url: string): string | null =>
    reading(folder, ({ facts }) => keyMemory(facts, silentLog).get(url));
  const { keys, certificate } = shownMaterial(gateway, remembered, systemClock);
  return gatewayState({ gateway, services: Object.values(services) }, [], {
    ...CALM,
    keys: () => keys,
    certificate: () => certificate,
  });
}

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
