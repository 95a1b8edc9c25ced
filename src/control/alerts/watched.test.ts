import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service } from '../../../test/support/fake-control.ts';
import { ownServices } from '../../spec/own-services.ts';
import { resolved } from '../../spec/fixtures/resolved.ts';
import type { Spec } from '../../spec/spec.ts';
import type { ManagedService } from '../managed-service.ts';
import { NO_TASKS } from '../backlogs/queue-view.ts';
import type { Watched } from './watched.ts';
import { createWatched } from './watched.ts';

const managed = (name: string, changes: Partial<ManagedService> = {}): ManagedService =>
  ({ ...service({}, name), leaving: false, ...changes }) as unknown as ManagedService;

/** These services, by the configuration of the test. */
function watching(spec: Spec, ...services: readonly ManagedService[]): Watched {
  return createWatched({
    services: new Map(services.map((each) => [each.spec.name, each])),
    roster: { of: () => [] },
    databases: { view: () => [] },
    backlogs: { view: () => NO_TASKS },
    spec: () => spec,
  });
}

const subjects = (watched: Watched): readonly string[] => [
  ...new Set(watched.rules().map(({ subject }) => subject)),
];

test('services of our own, and those that leave, have no alerts', () => {
  const spec = resolved({
    services: { api: { command: 'x' } },
    alerts: [{ when: '*.latency > 1s' }],
  });
  const own = ownServices().map(([name]) => managed(name));
  const watched = watching(spec, managed('api'), ...own, managed('old', { leaving: true }));
  assert.ok(own.length > 0);
  assert.deepEqual(subjects(watched), ['api', 'gateway']);
});

test('databases that we start have the defaults, those of others what is written', () => {
  const databases = {
    main: { kind: 'postgres' },
    far: { kind: 'redis', url: 'redis://127.0.0.1:1' },
  };
  const config = { services: { api: { command: 'x' } }, databases };
  const spec = (...alerts: readonly object[]): Spec => resolved({ ...config, alerts });
  assert.deepEqual(subjects(watching(spec())), ['main', 'gateway']);
  const written = spec({ when: 'far.connections > 5' });
  assert.deepEqual(subjects(watching(written)), ['far', 'main', 'gateway']);
});

test('the rules are made anew when what is in force changes, and only then', () => {
  const api = managed('api');
  const watched = watching(resolved({ services: { api: { command: 'x' } } }), api);
  const before = watched.rules();
  assert.equal(watched.rules(), before);
  api.leaving = true;
  assert.deepEqual(subjects(watched), ['gateway']);
});
