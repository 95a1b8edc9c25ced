import { MINUTE } from '../kit/clock.ts';
import type { ReplicaStatus, ServiceProblem, ServiceStatus } from '../web/contract.ts';
import { ageText, percentText } from './numbers.ts';
import type { Paint } from './paint.ts';

/** How long a problem is shown after it is over: a crash at night is replaced before anybody looks. */
const RECENT_MS = 10 * MINUTE;

/** As long as the control plane counts on. */
const KEEPS_DYING_MS = 3 * MINUTE;

/** What to call the state a service is in, coloured by how worrying it is. */
export function stateText(service: ServiceStatus, style: Paint, now = Date.now()): string {
  const { ready, desired, paused, pinned, problem, brakeErrors, deploying, asleep } = service;
  const missing = ready < desired;
  // One that listens on nothing yet may merely be slow.
  if (missing && problem?.code === 'CRASH_LOOP') return style.red('crash loop');
  if (keepsDying(service, now)) return style.red('keeps dying');
  if (missing && problem && problem.code !== 'NOT_LISTENING') return style.red('in trouble');
  if (service.circuit && service.circuit.state !== 'closed')
    return style.red(`circuit ${service.circuit.state}`);
  if (isErring(service)) return style.red(`errors above ${percentText(brakeErrors)}`);
  if (failingOf(service) > 0) return style.red('failing checks');
  if (ejectedOf(service) > 0) return style.red('a replica errs');
  if (deploying) return style.cyan('deploying');
  if (pinned !== null) return style.cyan(`pinned at ${pinned}${paused ? ', paused' : ''}`);
  if (paused) return style.cyan('paused');
  if (missing) return style.yellow('starting');
  if (ready > desired) return style.yellow('draining');
  return style.green(asleep ? 'asleep' : 'steady');
}

/** Ready replicas that fail their checks, and so get no traffic while another passes. */
export function failingOf({ replicas }: Pick<ServiceStatus, 'replicas'>): number {
  return replicas.filter(({ healthy }) => healthy === false).length;
}

/** Ready replicas that err and get no traffic for a while, whatever their checks say. */
export function ejectedOf({ replicas }: Pick<ServiceStatus, 'replicas'>): number {
  return replicas.filter(({ state, ejected }) => state === 'ready' && ejected).length;
}

/** `'1 of 2 healthy'`; null while all ready replicas are: they pass their checks and do not err. */
export function healthText(service: Pick<ServiceStatus, 'replicas' | 'ready'>): string | null {
  const fine = service.replicas.filter(
    ({ state, healthy, ejected }) => state === 'ready' && healthy !== false && !ejected,
  );
  return failingOf(service) + ejectedOf(service) === 0
    ? null
    : `${fine.length} of ${service.ready} healthy`;
}

/** More answers are errors than the service's brake allows. */
export function isErring({ signals, brakeErrors }: ServiceStatus): boolean {
  return brakeErrors !== null && signals.errors !== null && signals.errors > brakeErrors;
}

export function replicaStateText({ state, healthy, ejected }: ReplicaStatus): string {
  if (ejected && state === 'ready') return `${state}, taken out`;
  return healthy === false ? `${state}, failing its checks` : state;
}

/** `'not needed any more, 12 s ago'`; of one that starts, what is waited for now; empty where there is nothing to say. */
export function replicaNoteText({ state, note, notedAt }: ReplicaStatus, now: number): string {
  if (state === 'starting') return note ?? '';
  return note === null ? '' : `${note}, ${ageText(notedAt, now)} ago`;
}

/** What went wrong last, with how long ago, while it is recent or replicas are missing; the program's last lines below. */
export function problemLines(
  { name, ready, desired, problem }: ServiceStatus,
  style: Paint,
  now: number,
): readonly string[] {
  if (!problem || (ready >= desired && now - problem.at > RECENT_MS)) return [];
  const colour = ready < desired ? style.red : style.yellow;
  return [
    colour(`${name}, ${agoText(problem, now)}: ${problem.message}`),
    ...problem.log.map((line) => `  ${line}`),
  ];
}

// Private

/** Each stand-in ends, too: between two ends it looks well. */
function keepsDying({ problem }: ServiceStatus, now: number): boolean {
  return problem?.code === 'REPLICAS_KEEP_DYING' && now - problem.at < KEEPS_DYING_MS;
}

function agoText({ at }: ServiceProblem, now: number): string {
  return `${ageText(new Date(at).toISOString(), now)} ago`;
}
