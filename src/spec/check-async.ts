import { formatBytes } from '../kit/bytes.ts';
import type { Report } from './report.ts';
import { asyncQueue, asyncService } from './resolve-queues.ts';
import type { Config } from './schema/config.ts';

/** The rules for routes whose requests may become tasks. */
export function checkAsync(config: Config, largestBodyBytes: number, report: Report): void {
  for (const [index, route] of (config.gateway?.routes ?? []).entries()) {
    if (route.async !== true) continue;
    const path = ['gateway', 'routes', index];
    const at = [...path, 'async'];
    const wrong = (rule: string): void =>
      report(at, rule, { withoutValue: true, dependsOn: [path] });
    if (route.aggregate !== undefined) {
      wrong(
        'must not stand beside aggregate: its parts are only read, there is no work to put off',
      );
      continue;
    }
    const service = asyncService(route);
    if (service === null) {
      if (typeof route.service === 'object') {
        wrong(
          'must not stand beside a split: a task is delivered later, when the shares may be others; give it a route with one service',
        );
      }
      continue;
    }
    if ((route.bodyLimit ?? 0) > largestBodyBytes) {
      report(
        [...path, 'bodyLimit'],
        `must be at most ${formatBytes(largestBodyBytes)} beside async: tasks are kept as a whole`,
        { dependsOn: [at, [...path, 'bodyLimit']] },
      );
    }
    checkQueueOf(service, at, config, report);
  }
}

// Private

/** The queue of its name may be somebody else's. */
function checkQueueOf(
  service: string,
  at: readonly PropertyKey[],
  config: Config,
  report: Report,
): void {
  const name = asyncQueue(service, config);
  const queue = config.tasks?.queues?.[name];
  if (!queue || (queue.service === service && queue.delivery !== 'pull')) return;
  const other =
    queue.delivery === 'pull'
      ? 'is there and workers lease from it'
      : `is there and belongs to ${queue.service ?? 'no service'}`;
  report(
    at,
    `needs a queue that is delivered to ${service}: the one it would get, tasks.queues.${name}, ${other}; rename that one, or have one queue with service: '${service}'`,
    { withoutValue: true, dependsOn: [at, ['tasks', 'queues']] },
  );
}
