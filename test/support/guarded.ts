import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { runHaproxy, type RunningHaproxy } from '../../src/gateway/render/fixtures/haproxy.ts';
import { gatewayState, route, server, service } from '../../src/gateway/render/fixtures/states.ts';
import type { GatewayState } from '../../src/gateway/gateway.ts';
import type { RouteSpec } from '../../src/spec/spec.ts';
import { startRecorder, type Recorded } from './recorder.ts';
import { until } from './until.ts';

export interface Guarded {
  readonly haproxy: RunningHaproxy;
  /** What the services have got since the last call, innocent requests aside. */
  taken(): readonly Recorded[];
  /**
   * Ends the account: what the services got is, one by one, what the gateway judged and logged, and each of it was read
   * in the one way there is.
   */
  settle(): Promise<void>;
}

/** The path innocent clients ask for. */
export const INNOCENT = '/innocent';

/** Paths below this one belong to the service `vault`, everything else to `api`. */
export const VAULT = '/vault';

/** A real HAProxy before two services that note every byte they get. */
export async function startGuarded(
  t: TestContext,
  gateway: Partial<GatewayState['gateway']> = {},
  vault: Partial<RouteSpec> = {},
): Promise<Guarded> {
  const recorders = [await startRecorder(t, 'api'), await startRecorder(t, 'vault')] as const;
  const health = { path: null, intervalMs: 500, timeoutMs: 500, startupMs: 1, replaceAfterMs: 1 };
  const haproxy = await runHaproxy(
    t,
    gatewayState(
      [
        service({ health, servers: [server('api-1', recorders[0].port)] }),
        service({ name: 'vault', health, servers: [server('vault-1', recorders[1].port)] }),
      ],
      {
        accessLog: true,
        routes: [
          route({ path: `${VAULT}/*`, service: 'vault', ...vault }),
          route({ path: '/*', service: 'api' }),
        ],
        ...gateway,
      },
    ),
  );
  const taken = [0, 0];
  const all = (): readonly Recorded[] => recorders.flatMap(({ requests }) => requests);
  return {
    haproxy,
    taken: () =>
      recorders
        .flatMap(({ requests }, index) => {
          const fresh = requests.slice(taken[index]);
          taken[index] = requests.length;
          return fresh;
        })
        .filter(({ target }) => target !== INNOCENT),
    async settle() {
      assert.deepEqual(
        recorders.flatMap(({ violations }) => violations),
        [],
      );
      const got = all().map((each) => `${each.service} ${each.method} ${pathOf(each.target)}`);
      const judged = (): readonly string[] =>
        haproxy.lines
          .filter((line) => line['server'] === 's1')
          .map((line) => [line['service'], line['method'], line['path']].join(' '));
      await until('every request is logged', () => judged().length >= got.length);
      assert.deepEqual(counted(got), counted(judged()));
    },
  };
}

// Private

function pathOf(target: string): string {
  return target.split('?')[0] as string;
}

/** How often each stands there, so that what differs can be read. */
function counted(texts: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const text of texts.toSorted()) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}
