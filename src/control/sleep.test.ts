import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHeldRequests } from './held-requests.ts';
import type { ManagedService } from './managed-service.ts';
import type { Replica } from './roster.ts';
import { createSleep } from './sleep.ts';

/** A service `api` with min 0 and one `web` with min 1, and what was done about them. */
function scene() {
  const api = managed('api', 0);
  const web = managed('web', 1);
  const seen = {
    wakes: 0,
    published: 0,
    nowMs: 10_000,
    waitsUntil: null as number | null,
    noRoom: null as string | null,
    told: [] as string[],
  };
  const replicas: Partial<Replica>[] = [];
  const held = createHeldRequests();
  const sleep = createSleep({
    clock: { now: () => seen.nowMs },
    services: new Map([
      ['api', api],
      ['web', web],
    ]),
    roster: { of: () => replicas as Replica[] },
    held,
    waitsUntil: (name) => (name === 'api' ? seen.waitsUntil : null),
    wake(service) {
      seen.wakes++;
      service.desired = seen.noRoom === null ? 1 : 0;
    },
    noRoom: () => seen.noRoom,
    onNoRoom: (name, why) => seen.told.push(`${name}: ${why}`),
    publish: async () => {
      seen.published++;
      return true;
    },
  });
  return { api, seen, replicas, held, sleep };
}

function managed(name: string, min: number): ManagedService {
  const spec = { name, scale: { min } };
  return { spec, desired: min, paused: false, pinned: null, leaving: false } as ManagedService;
}

test('one demand wakes, those that follow only say that somebody still waits', () => {
  const { sleep, seen, held } = scene();
  sleep.demanded('api');
  seen.nowMs += 3_000;
  sleep.demanded('api');
  assert.equal(seen.wakes, 1);
  seen.nowMs += 3_000;
  assert.equal(held.served('api', seen.nowMs), 6_000);
});

test('a demand that comes late, or for what does not sleep, is none', () => {
  const { sleep, seen, replicas, held, api } = scene();
  for (const name of ['web', 'nobody']) sleep.demanded(name);
  replicas.push({ state: 'ready', inGateway: true });
  sleep.demanded('api');
  assert.equal(held.waits('api', seen.nowMs), false);
  replicas.splice(0);
  api.leaving = true;
  sleep.demanded('api');
  assert.equal(seen.wakes, 0);
});

test('after a failed start its requests are refused until the next may be tried, and the gateway hears both', () => {
  const { sleep, seen, held } = scene();
  sleep.demanded('api');
  sleep.tell();
  assert.equal(seen.published, 0);
  seen.waitsUntil = seen.nowMs + 1_200;
  assert.equal(sleep.refusedSeconds('api'), 2);
  sleep.tell();
  sleep.tell();
  assert.equal(seen.published, 1);
  assert.equal(held.waits('api', seen.nowMs), false);
  seen.waitsUntil = null;
  sleep.tell();
  assert.equal(seen.published, 2);
  assert.equal(sleep.refusedSeconds('api'), null);
});

test('when everything stops nothing is woken, and who waits is refused', async () => {
  const { sleep, seen } = scene();
  await sleep.stop();
  sleep.demanded('api');
  assert.deepEqual([seen.wakes, seen.published], [0, 1]);
  assert.equal(sleep.refusedSeconds('api'), 30);
  assert.equal(sleep.refusedSeconds('web'), null);
});

test('what a person holds at nothing is refused; what is awake is not', () => {
  const { sleep, api } = scene();
  api.paused = true;
  assert.equal(sleep.refusedSeconds('api'), 30);
  api.desired = 1;
  assert.equal(sleep.refusedSeconds('api'), null);
  Object.assign(api, { paused: false, pinned: 0, desired: 0 });
  assert.equal(sleep.refusedSeconds('api'), 30);
});

test('without room on the machine who waits is refused at once and told so, and the next is tried again', () => {
  const { sleep, seen, held } = scene();
  seen.noRoom = 'host.maxReplicas allows 0';
  sleep.demanded('api');
  assert.equal(sleep.refusedSeconds('api'), 3);
  assert.deepEqual([seen.published, seen.told], [1, ['api: host.maxReplicas allows 0']]);
  assert.equal(held.waits('api', seen.nowMs + 3_000), true, 'should there be room meanwhile');
  seen.nowMs += 3_000;
  sleep.tell();
  assert.deepEqual([seen.published, sleep.refusedSeconds('api')], [2, null]);
  seen.noRoom = null;
  sleep.demanded('api');
  assert.equal(seen.wakes, 2);
  assert.equal(sleep.refusedSeconds('api'), null);
});
