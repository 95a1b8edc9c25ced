import type {
  ConfigDrift,
  DecisionView,
  DeploymentView,
  IncidentView,
  ReplicaStatus,
  ServiceStatus,
  Status,
} from '../contract.ts';
import type { GatewayEvent } from '../event-contract.ts';
import { milliseconds, percent, span } from './format.ts';

/** How worrying something is; each is a class in `styles/`. */
export type Tone = 'good' | 'warn' | 'bad' | 'held';

/** As long a problem is shown after it is over. */
const RECENT_MS = 600_000;

/** As long after the last one replicas count as dying again and again. */
const KEEPS_DYING_MS = 180_000;

/** `2 → 3 replicas`, `stays at 3 (cooldown)` */
export function verdict({
  current,
  desired,
  binding,
}: Pick<DecisionView, 'current' | 'desired' | 'binding'>): string {
  const bound =
    binding === 'none' ? '' : ` (${binding === 'missing' ? 'numbers missing' : binding})`;
  if (current === desired) return `stays at ${desired}${bound}`;
  return `${current} → ${desired} ${desired === 1 ? 'replica' : 'replicas'}${bound}`;
}

/** The reasons of a decision in one line, with how long it has held. */
export function reasonLine({
  reasons,
  at,
  until,
  times,
}: Pick<DecisionView, 'reasons' | 'at' | 'until' | 'times'>): string {
  const held = times > 1 ? [`for ${span(Date.parse(until) - Date.parse(at))}`] : [];
  return [...reasons, ...held].join(' · ');
}

/** What to call the state a service is in, and how worrying it is. */
export function stateOf(service: ServiceStatus, now: number): readonly [word: string, tone: Tone] {
  const { ready, desired, paused, pinned, problem, brakeErrors, signals, deploying, asleep } =
    service;
  const { circuit } = service;
  if (problem?.code === 'CRASH_LOOP' && ready < desired) return ['crash loop', 'bad'];
  // One that listens on nothing yet may merely be slow.
  if (problem && problem.code !== 'NOT_LISTENING' && ready < desired) return ['in trouble', 'bad'];
  if (circuit && circuit.state !== 'closed') return [`circuit ${circuit.state}`, 'bad'];
  if (brakeErrors !== null && signals.errors !== null && signals.errors > brakeErrors)
    return [`errors above ${percent(brakeErrors)}`, 'bad'];
  if (failingOf(service) > 0) return ['failing checks', 'bad'];
  if (ejectedOf(service) > 0) return ['a replica errs', 'bad'];
  if (problem?.code === 'REPLICAS_KEEP_DYING' && now - problem.at < KEEPS_DYING_MS)
    return ['keeps dying', 'bad'];
  if (deploying) return ['deploying', 'held'];
  if (pinned !== null) return [`pinned at ${pinned}`, 'held'];
  if (paused) return ['paused', 'held'];
  if (ready < desired) return ['starting', 'warn'];
  if (ready > desired) return ['draining', 'warn'];
  return asleep ? ['asleep', 'held'] : ['steady', 'good'];
}

/** `2`, `1 of 3`, `4, 3 wanted`, `1 of 2 healthy` */
export function replicasText({
  ready,
  desired,
  replicas,
}: Pick<ServiceStatus, 'ready' | 'desired' | 'replicas'>): string {
  const failing = replicas.filter(
    ({ state, healthy, ejected }) => state === 'ready' && (healthy === false || ejected),
  ).length;
  if (failing > 0) return `${ready - failing} of ${ready} healthy`;
  if (ready > desired) return `${ready}, ${desired} wanted`;
  return ready === desired ? `${ready}` : `${ready} of ${desired}`;
}

/** `ready`, `ready, failing its checks`, `ready, taken out` */
export function replicaStateText({
  state,
  healthy,
  ejected,
}: Pick<ReplicaStatus, 'state' | 'healthy' | 'ejected'>): string {
  if (ejected && state === 'ready') return `${state}, taken out`;
  return healthy === false ? `${state}, failing its checks` : state;
}

/** What to say of the last problem: while replicas are missing, and for ten minutes; null when nothing. */
export function problemText(
  { problem, ready, desired }: Pick<ServiceStatus, 'problem' | 'ready' | 'desired'>,
  now: number,
): string | null {
  if (!problem) return null;
  if (ready < desired) return problem.message;
  return now - problem.at > RECENT_MS ? null : `${span(now - problem.at)} ago: ${problem.message}`;
}

const VERDICTS: Readonly<Record<DeploymentView['state'], string>> = {
  running: 'is under way',
  done: 'is done',
  'rolled-back': 'was rolled back',
  interrupted: 'stands still',
  failed: 'failed',
};

/** Title, last step and facts of a deployment. */
export function deploymentText(
  deployment: DeploymentView,
  now: number,
): { title: string; step: string; facts: string } {
  const { id, kind, service, state, steps, services, traffic, problem, startedAt, endedAt } =
    deployment;
  const name = service === null ? `${kind} ${id}` : `${kind} ${id} of ${service}`;
  const took = span((endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt));
  const p95 = traffic.p95DuringMs === null ? [] : [`p95 ${milliseconds(traffic.p95DuringMs)}`];
  const of = sum(services, 'of');
  const replicas =
    of === 0 ? [] : [`${sum(services, 'replaced')} of ${of} ${of === 1 ? 'replica' : 'replicas'}`];
  return {
    title: `${name} ${VERDICTS[state]}`,
    step:
      state === 'interrupted'
        ? wayOn(deployment)
        : (problem?.split('\n')[0] ?? steps.at(-1)?.text ?? ''),
    facts: [
      ...replicas,
      `${traffic.requests.toLocaleString('en')} requests, ${traffic.failed.toLocaleString('en')} failed`,
      ...p95,
      took,
    ].join(' · '),
  };
}

/** What goes on with one that stands still, and what takes it back: as the command line says it. */
function wayOn({ kind, service, services }: DeploymentView): string {
  const name = service ?? services[0]?.name;
  const on = kind === 'deploy' ? 'tidegate deploy' : `tidegate ${kind} ${name}`;
  const back =
    kind === 'rollback' || name === undefined ? '' : `, tidegate rollback ${name} takes it back`;
  return `${on} goes on with it${back}`;
}

/** 0 to 1. */
export function progressOf({ services }: Pick<DeploymentView, 'services'>): number {
  const of = sum(services, 'of');
  return of === 0 ? 0 : Math.min(1, sum(services, 'replaced') / of);
}

const SHOWN_KEYS = 4;

/** How the configuration file differs from what is in force; null: it does not. */
export function driftText(drift: ConfigDrift | null): string | null {
  if (!drift) return null;
  const { keys, problem } = drift;
  if (problem !== null) return `The configuration file cannot be used: ${problem}`;
  const more = keys.length > SHOWN_KEYS ? ` and ${keys.length - SHOWN_KEYS} more` : '';
  const atStart = keys.some(
    (key) => key === 'name' || key === 'engine' || key.startsWith('admin.'),
  );
  const how = atStart
    ? 'Not all of it can be deployed: tidegate status says what applies it.'
    : 'tidegate deploy applies it.';
  return `The configuration file differs: ${keys.slice(0, SHOWN_KEYS).join(', ')}${more}. ${how}`;
}

/** What of the gateway is worth a banner; null: routine. */
export function gatewayText({
  change,
  reasons,
}: Pick<GatewayEvent, 'change' | 'reasons'>): string | null {
  const why = reasons.length > 0 ? `: ${reasons.join('; ')}` : '';
  if (change === 'died') return 'The gateway ended by itself and is being brought back.';
  if (change === 'refused') return `The gateway refused a change; the last one serves${why}`;
  if (change === 'troubled' || change === 'mended') return reasons.join('; ');
  if (change === 'started') return `The gateway is there again${why}`;
  return change === 'adopted' ? 'A new control plane took over what runs.' : null;
}

/** What is wrong with the gateway's keys and certificate, for as long as it is; null: nothing. */
export function troubleText({ problems }: Pick<Status['gateway'], 'problems'>): string | null {
  return problems.length === 0 ? null : problems.join('; ');
}

/** What happened to the gateway and to databases stands in the explanation of every service, and once on the page. */
export function isOfAll({ code }: Pick<IncidentView, 'code'>): boolean {
  return code === 'ADOPTED' || /^(?:GATEWAY|DATABASE)_/.test(code);
}

/** What is known and what was found, each once, the newest first. */
export function together(
  known: readonly IncidentView[],
  found: readonly IncidentView[],
): readonly IncidentView[] {
  const byText = new Map([...known, ...found].map((each) => [`${each.at} ${each.message}`, each]));
  return [...byText.values()].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}

// Private

function sum(services: DeploymentView['services'], key: 'replaced' | 'of'): number {
  return services.reduce((total, each) => total + each[key], 0);
}

function ejectedOf({ replicas }: ServiceStatus): number {
  return replicas.filter(({ state, ejected }) => state === 'ready' && ejected).length;
}

function failingOf({ replicas }: ServiceStatus): number {
  return replicas.filter(({ healthy }) => healthy === false).length;
}
