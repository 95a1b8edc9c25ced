import { humanDuration } from '../kit/duration.ts';
import type { DeploymentView } from '../web/contract.ts';
import { durationText, replicasText } from './numbers.ts';
import type { Paint } from './paint.ts';

type Service = DeploymentView['services'][number];

/** `'deploy 7'`, `'restart 8 of api'` */
export function deploymentName({ id, kind, service }: DeploymentView): string {
  return service === null ? `${kind} ${id}` : `${kind} ${id} of ${service}`;
}

/** `'deploy 7 begins: services.api.command differs'` */
export function beginText(deployment: DeploymentView): string {
  const { changes } = deployment;
  const what =
    changes.length === 0
      ? ''
      : `: ${changes.join(', ')} ${changes.length === 1 ? 'differs' : 'differ'}`;
  return `${deploymentName(deployment)} begins${what}`;
}

/** How far it has come, in a line that is drawn over itself. */
export function progressText(deployment: DeploymentView, now: number): string {
  const { services, traffic, startedAt } = deployment;
  const of = services.reduce((sum, each) => sum + each.of, 0);
  const replaced = services.reduce((sum, each) => sum + each.replaced, 0);
  const filled = of === 0 ? 0 : Math.round((Math.min(replaced, of) / of) * BAR_CELLS);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}`;
  const count = of === 0 ? '' : `  ${replaced} of ${replicasText(of)}`;
  const seconds = humanDuration(wholeSeconds(Math.max(0, now - Date.parse(startedAt))));
  return `${bar}${count}  ${requestsText(traffic)}  ${seconds.replace(/^0 ms$/, '0 s')}`;
}

/** What it came to, when it has ended or stands still. */
export function summaryLines(deployment: DeploymentView, style: Paint): readonly string[] {
  const { changes, services, traffic } = deployment;
  const { p95BeforeMs, p95DuringMs } = traffic;
  const latency =
    p95BeforeMs === null && p95DuringMs === null
      ? ''
      : `; p95 ${durationText(p95BeforeMs)} before, ${durationText(p95DuringMs)} during`;
  const isBack = deployment.state === 'rolled-back';
  const changed = isBack ? 'taken back' : 'changed';
  return [
    verdict(deployment, style),
    ...(changes.length > 0 ? [`  ${changed}: ${changes.join(', ')}`] : []),
    ...services.map((service) => `  ${isBack ? backText(service) : serviceText(service)}`),
    traffic.requests === 0
      ? '  meanwhile: no request came in'
      : `  meanwhile: ${requestsText(traffic)}${latency}`,
  ];
}

/** What to do with one that stands still. */
export function wayOn(deployment: DeploymentView): string {
  const { kind } = deployment;
  const service = deployment.service ?? deployment.services[0]?.name;
  const half = isHalfDone(deployment);
  const on =
    kind === 'deploy' || service === undefined
      ? '`tidegate deploy`'
      : `\`tidegate ${kind} ${service}\``;
  const back =
    kind === 'rollback' || service === undefined
      ? ''
      : `; \`tidegate rollback ${service}\` takes it back`;
  return half ? `${on} goes on with it${back}.` : `${on} begins it anew.`;
}

// Private

const BAR_CELLS = 20;

function verdict(deployment: DeploymentView, style: Paint): string {
  const { state, problem, startedAt, endedAt } = deployment;
  const name = deploymentName(deployment);
  const after = endedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt);
  const took = after === null ? '' : ` after ${humanDuration(after)}`;
  const why = problem === null ? '' : `: ${problem}`;
  switch (state) {
    case 'done':
      return style.green(`${name} is done${took}.`);
    case 'rolled-back':
      return style.red(`${name} was rolled back${took}${why}`);
    case 'failed':
      return style.red(`${name} failed${took}${why}`);
    case 'interrupted':
      return style.yellow(
        isHalfDone(deployment)
          ? `${name} was interrupted${took}: it stands still, half done.`
          : `${name} was interrupted${took}, before anything was replaced: it is over.`,
      );
    case 'running':
      return `${name} is under way.`;
  }
}

/** Replicas were replaced, and stay so. */
function isHalfDone({ services }: DeploymentView): boolean {
  return services.some(({ from, to, replaced }) => from !== null && to !== null && replaced > 0);
}

function serviceText({ name, from, to, replaced, of }: Service): string {
  const replicas = `${replaced} of ${replicasText(of)}`;
  if (from === null) return `${name}: new, revision ${to}, ${replicas} started`;
  if (to === null) return `${name}: taken out`;
  const revision = from === to ? `revision ${from}` : `${from} → ${to}`;
  return of === 0 ? `${name}: ${revision}` : `${name}: ${revision}, ${replicas} replaced`;
}

/** Where a service is again after a way back. */
function backText({ name, from, to }: Service): string {
  if (from === null) return `${name}: taken out again`;
  return to === null ? `${name}: kept, on ${from}` : `${name}: back on ${from}`;
}

function requestsText({ requests, failed }: DeploymentView['traffic']): string {
  const count = requests.toLocaleString('en');
  return `${count} ${requests === 1 ? 'request' : 'requests'}, ${failed.toLocaleString('en')} failed`;
}

function wholeSeconds(ms: number): number {
  return ms - (ms % 1000);
}
