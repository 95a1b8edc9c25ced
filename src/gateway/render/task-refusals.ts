import { AGGREGATOR } from '../../spec/aggregator.ts';
import { answers } from '../../spec/answers.ts';
import { DISPATCH_SERVICE, TASKS_SERVICE } from '../../spec/tasks-program.ts';
import type { GatewayState } from '../gateway.ts';
import { LONGEST_MS } from './timeouts.ts';

/** What of tasks must not reach HAProxy, whatever let it through before. */
export function taskRefusals({ gateway, services }: GatewayState): readonly string[] {
  const takes = Object.hasOwn(services, TASKS_SERVICE);
  const routes = gateway.routes.flatMap((route, index) => {
    const { async, from, aggregate } = route;
    const at = `gateway.routes[${index}]`;
    return [
      ...(['anywhere', 'loopback'].includes(from) ? [] : [`${at}.from: ${quoted(from)} is nobody`]),
      ...(answers(route, DISPATCH_SERVICE) ? [`${at}: nobody asks ${DISPATCH_SERVICE}`] : []),
      ...(async === null || QUEUE.test(async)
        ? []
        : [`${at}.async: ${quoted(async)} must be a name: letters, digits, _ and -`]),
      ...(async === null || takes ? [] : [`${at}.async: there is no ${TASKS_SERVICE} to take it`]),
      ...(async !== null && aggregate !== null
        ? [`${at}.async: an aggregate is put together at once or not at all`]
        : []),
      ...(async !== null && answers(route, TASKS_SERVICE)
        ? [`${at}.async: what takes tasks is no task itself`]
        : []),
    ];
  });
  const sleeps = takes && services[TASKS_SERVICE]?.sleep !== null;
  return [
    ...routes,
    ...(sleeps ? [`services.${TASKS_SERVICE}: must not sleep`] : []),
    ...Object.entries(gateway.deliveries).flatMap(([name, ms]) => [
      ...(Object.hasOwn(services, name) && !OURS.includes(name)
        ? []
        : [`gateway.deliveries: ${quoted(name)} is no service that works`]),
      ...(Number.isSafeInteger(ms) && ms >= 1 && ms <= LONGEST_MS - 5_000
        ? []
        : [`gateway.deliveries.${name}: ${ms} must be a whole number of ms, some 24 days at most`]),
    ]),
  ];
}

// Private

const OURS: readonly string[] = [AGGREGATOR, DISPATCH_SERVICE, TASKS_SERVICE];
const QUEUE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
