import { humanDuration } from '../../kit/duration.ts';
import type { Path } from '../../spec/problem.ts';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';
import type { GatewayService } from '../gateway.ts';
import { noService, type Source } from './rule-source.ts';
import { byText } from './rule-texts.ts';
import { BODY_START_MS } from './timeouts.ts';

/** What the service says of its replicas. */
export function serviceSources({ spec, sleep, drainRate }: GatewayService): readonly Source[] {
  const { name, breaker, concurrency, retries, sticky, balance } = spec;
  const own = (...keys: string[]): Path =>
    name === TASKS_SERVICE ? ['tasks'] : ['services', name, ...keys];
  const sources: (Source | false)[] = [
    breaker !== null && {
      text: `where more than ${Math.round(breaker.errors * 100)} % fail within ${humanDuration(breaker.windowMs)}, ${name} is given a rest: 503`,
      path: own('breaker'),
      without: noService(name, { breaker: null }, { circuit: { kind: 'closed' }, trial: null }),
      always: true,
    },
    concurrency !== null && {
      text: `a replica of ${name} gets ${concurrency} at once, more wait here; a body must have begun to come within ${humanDuration(BODY_START_MS)}`,
      path: own('concurrency'),
      without: noService(
        name,
        { concurrency: null },
        drainRate === null ? {} : { drainRate: null },
      ),
    },
    sleep !== null && {
      text: `while ${name} sleeps the request is held, for ${humanDuration(sleep.holdMs)} at most, and wakes it`,
      path: own('scale', 'min'),
      without: noService(name, {}, { sleep: null }),
    },
    {
      text: `the replica is chosen by ${balance.kind === 'hash' ? `a hash of ${byText(balance.by)}` : balance.kind}`,
      path: own('balance'),
      phase: 'replica',
      without: noService(name, {
        balance: { kind: balance.kind === 'random' ? 'round-robin' : 'random' },
      }),
    },
    sticky && {
      text: 'a cookie keeps a client on its replica',
      path: own('sticky'),
      phase: 'replica',
      without: noService(name, { sticky: false }),
    },
    retries > 0 && {
      text: `what failed is tried ${retries} times elsewhere, if it was not begun or may be repeated`,
      path: own('retries'),
      phase: 'replica',
      keep: /retr|redispatch/,
      without: noService(name, { retries: 0 }),
    },
  ];
  return sources.filter((source) => source !== false);
}
