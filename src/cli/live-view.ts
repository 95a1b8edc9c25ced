import { humanDuration } from '../kit/duration.ts';
import type { ServiceStatus, Status } from '../web/contract.ts';
import { alertLine } from './alert-lines.ts';
import { databaseLines } from './database-lines.ts';
import { queueLines } from './queue-lines.ts';
import { projectLines } from './project-lines.ts';
import { oneLine } from './one-line.ts';
import { paint } from './paint.ts';
import { ejectedOf, failingOf, healthText, isErring } from './service-state.ts';
import { fit, layOut } from './table.ts';

/** What `up` shows on a terminal, as lines; drawn anew once a second over the lines before. */
export function liveView(
  status: Status,
  news: readonly string[],
  { now, upMs, columns, colour }: { now: number; upMs: number; columns: number; colour: boolean },
): readonly string[] {
  const style = paint(colour);
  const rows = status.services.map((service) => rowOf(service, style));
  const table = layOut(
    ['service', 'replicas', 'requests/s', 'p95', 'errors', 'CPU', 'last decision'],
    rows,
    columns,
  );
  const databases = databaseLines(status.databases, style, now);
  const queues = queueLines(status.tasks, style, now);
  return [
    `${style.bold(status.name)}  ${status.gateway.url}   dashboard ${status.admin.url}   up ${humanDuration(upMs - (upMs % 1000))}`,
    '',
    ...table.map((line, index) => (index === 0 ? style.dim(line) : line)),
    '',
    ...(queues.length > 0 ? [...queues, ''] : []),
    ...(databases.length > 0 ? [...databases, ''] : []),
    ...alertLine(status.alerts, style),
    ...projectLines(status, style, now),
    ...news.map((line) => style.dim(fit(oneLine(line), columns))),
    style.dim('Ctrl-C drains and stops everything; `tidegate explain SERVICE` says why.'),
  ].map((line) => fit(line, columns));
}

// Private

function rowOf(service: ServiceStatus, style: ReturnType<typeof paint>): readonly string[] {
  const { signals, ready, desired, problem, lastDecision } = service;
  const open = service.circuit !== null && service.circuit.state !== 'closed';
  const bad = open || (ready - failingOf(service) <= 0 ? desired > 0 : isErring(service));
  const fine = ready === desired && failingOf(service) + ejectedOf(service) === 0;
  const mark = (bad ? style.red : fine ? style.green : style.yellow)('●');
  const count = healthText(service) ?? (ready === desired ? `${ready}` : `${ready} → ${desired}`);
  const held = open ? ` circuit ${service.circuit?.state}` : heldText(service);
  return [
    `${mark} ${service.name}`,
    `${count}${held}`,
    rate(signals.rps),
    signals.latencyP95Ms === null ? '–' : humanDuration(signals.latencyP95Ms),
    isErring(service) ? style.red(percent(signals.errors)) : percent(signals.errors),
    percent(signals.cpu),
    ready < desired && problem
      ? style.red(oneLine(problem.message))
      : (lastDecision?.summary ?? ''),
  ];
}

/** What keeps the count as it is. */
function heldText({ deploying, pinned, paused, asleep }: ServiceStatus): string {
  if (deploying) return ' deploying';
  if (pinned !== null) return ' pinned';
  if (paused) return ' paused';
  return asleep ? ' asleep' : '';
}

function rate(value: number | null): string {
  if (value === null) return '–';
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}

function percent(fraction: number | null): string {
  return fraction === null ? '–' : `${Math.round(fraction * 100)} %`;
}
