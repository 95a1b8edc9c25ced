import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, T0 } from '../../test/support/fake-control.ts';
import { deploymentViewOf } from '../web/deployment-view.ts';
import { paint } from './paint.ts';
import { projectLines } from './project-lines.ts';

const plain = paint(false);
const gateway = { url: '', pid: 1, caches: [], problems: [] as readonly string[] };

test('a deployment that runs shows how far it is, one that stands still the ways on', () => {
  const running = deploymentViewOf(deployment());
  assert.match(
    projectLines(
      { gateway, deployment: running, drift: { keys: ['a'], problem: null } },
      plain,
      T0,
    ).join(),
    /^deploy 7 .* 1 of 3 replicas .* failed {2}0 s$/,
  );
  const still = deploymentViewOf(deployment({ state: 'interrupted', endedAt: T0 }));
  assert.deepEqual(projectLines({ gateway, deployment: still, drift: null }, plain, T0), [
    'deploy 7 stands still: `tidegate deploy` goes on with it; `tidegate rollback api` takes it back.',
  ]);
});

test('a file that differs names the first keys, one that is broken its problem', () => {
  const lines = (keys: readonly string[], problem: string | null): string =>
    projectLines({ gateway, deployment: null, drift: { keys, problem } }, plain, T0).join();
  assert.equal(
    lines(['a', 'b', 'c', 'd', 'e', 'f'], null),
    'the configuration file differs: a, b, c, d and 2 more; `tidegate deploy` applies it',
  );
  assert.equal(
    lines(['name', 'admin.port'], null),
    'the configuration file differs: name, admin.port; `tidegate up --replace` applies it',
  );
  assert.equal(
    lines(['name', 'services.api'], null),
    'the configuration file differs: name, services.api; `tidegate up --replace` applies name, then `tidegate deploy` the rest',
  );
  assert.match(lines(['engine', 'name'], null), /; another engine needs `tidegate down`/);
  assert.equal(
    lines([], 'x.ts:3 does not parse'),
    'the configuration file cannot be used: x.ts:3 does not parse',
  );
  assert.deepEqual(projectLines({ gateway, deployment: null, drift: null }, plain, T0), []);
});

test('what is wrong with keys or the certificate is said, a line each', () => {
  const problems = ['gateway.tls.cert: it expires on 2026-12-01', 'gateway.jwt.main.keys: a\nb'];
  const view = { deployment: null, drift: null, gateway: { ...gateway, problems } };
  assert.deepEqual(projectLines(view, plain, T0).length, 2);
});
