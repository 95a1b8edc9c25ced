import type { Command } from 'commander';
import type { ServiceStatus, Status } from '../../web/contract.ts';
import { alertLines } from '../alert-lines.ts';
import { cacheLines } from '../cache-lines.ts';
import { breakerLines } from '../breaker-text.ts';
import { databaseLines } from '../database-lines.ts';
import { queueLines } from '../queue-lines.ts';
import { connect } from '../connect.ts';
import type { CommonOptions, Io } from '../io.ts';
import { orKnownReplicas } from '../known-replicas.ts';
import { durationText, percentText, rateText } from '../numbers.ts';
import { projectLines } from '../project-lines.ts';
import { paint } from '../paint.ts';
import type { Paint } from '../paint.ts';
import { healthText, problemLines, stateText } from '../service-state.ts';
import { layOut } from '../table.ts';

export function register(program: Command, io: Io): void {
  program
    .command('status')
    .summary('show the services, their load and their last decision')
    .description(
      'Shows each service: how many replicas it has and should have, its load, and the last decision.',
    )
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  tidegate status\n  tidegate status --json | jq .services[0].signals',
    )
    .action((options: CommonOptions) =>
      orKnownReplicas(options, io, async () => {
        const status = await (await connect(options.config)).status();
        if (options.json) io.out(JSON.stringify(status));
        else for (const line of statusLines(status, io)) io.out(line);
      }),
    );
}

// Private

function statusLines(status: Status, io: Io): readonly string[] {
  const style = paint(io.colour);
  const now = Date.now();
  const about = projectLines(status, style, now);
  const alerts = alertLines(status.alerts, style);
  const caches = cacheLines(status.gateway.caches);
  const databases = databaseLines(status.databases, style, now);
  const queues = queueLines(status.tasks, style, now);
  const table = layOut(
    ['service', 'replicas', 'state', 'rate', 'p95', 'errors', 'CPU', 'last decision'],
    status.services.map((service) => rowOf(service, style)),
    io.terminal ? io.columns : Infinity,
  );
  return [
    `${style.bold(status.name)}  ${status.gateway.url}  dashboard and API ${status.admin.url}`,
    '',
    ...table.map((line, index) => (index === 0 ? style.dim(line) : line)),
    ...(queues.length > 0 ? ['', ...queues] : []),
    ...(databases.length > 0 ? ['', ...databases] : []),
    ...(caches.length > 0 ? ['', ...caches] : []),
    ...(alerts.length > 0 ? ['', ...alerts] : []),
    ...(about.length > 0 ? ['', ...about] : []),
    ...status.services.flatMap((service) => {
      const lines = [...problemLines(service, style, now), ...breakerLines(service, style, now)];
      return lines.length > 0 ? ['', ...lines] : [];
    }),
  ];
}

function rowOf(service: ServiceStatus, style: Paint): readonly string[] {
  const { name, ready, desired, signals, lastDecision } = service;
  return [
    name,
    healthText(service) ?? (ready === desired ? `${ready}` : `${ready} of ${desired}`),
    stateText(service, style),
    rateText(signals.rps),
    durationText(signals.latencyP95Ms),
    percentText(signals.errors),
    percentText(signals.cpu),
    lastDecision?.summary ?? '',
  ];
}
