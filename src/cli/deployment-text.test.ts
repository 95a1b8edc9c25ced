import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, T0 } from '../../test/support/fake-control.ts';
import type { Deployment } from '../control/view.ts';
import type { DeploymentView } from '../web/contract.ts';
import { deploymentViewOf } from '../web/deployment-view.ts';
import { progressText, summaryLines, wayOn } from './deployment-text.ts';
import { paint } from './paint.ts';

const shown = (changes: Partial<Deployment>): DeploymentView =>
  deploymentViewOf(deployment(changes));
const plain = paint(false);

test('the bar fills with the replicas that were replaced', () => {
  const services = [
    { name: 'api', from: 'a', to: 'b', replaced: 2, of: 4 },
    { name: 'web', from: 'a', to: 'b', replaced: 0, of: 0 },
  ];
  assert.equal(
    progressText(shown({ services }), T0 + 2400),
    '██████████░░░░░░░░░░  2 of 4 replicas  1,200 requests, 0 failed  2 s',
  );
  assert.equal(
    progressText(shown({ services: [] }), T0),
    '░░░░░░░░░░░░░░░░░░░░  1,200 requests, 0 failed  0 s',
  );
});

test('new, removed, restarted and merely rescaled services are told apart', () => {
  const services = [
    { name: 'new', from: null, to: 'b', replaced: 1, of: 1 },
    { name: 'old', from: 'a', to: null, replaced: 2, of: 2 },
    { name: 'api', from: 'a', to: 'a', replaced: 2, of: 2 },
    { name: 'web', from: 'a', to: 'a', replaced: 0, of: 0 },
  ];
  const traffic = { requests: 1, failed: 1, p95BeforeMs: null, p95DuringMs: null };
  const lines = summaryLines(shown({ services, traffic, changes: [] }), plain);
  assert.deepEqual(lines, [
    'deploy 7 is under way.',
    '  new: new, revision b, 1 of 1 replica started',
    '  old: taken out',
    '  api: revision a, 2 of 2 replicas replaced',
    '  web: revision a',
    '  meanwhile: 1 request, 1 failed',
  ]);
});

test('after a way back it is said where each service is again', () => {
  const services = [
    { name: 'new', from: null, to: 'b', replaced: 0, of: 1 },
    { name: 'old', from: 'a', to: null, replaced: 0, of: 2 },
    { name: 'api', from: 'a', to: 'b', replaced: 0, of: 2 },
  ];
  const ended = { state: 'rolled-back', endedAt: T0 + 1000, problem: 'no' } as const;
  assert.deepEqual(summaryLines(shown({ services, ...ended }), plain).slice(1, -1), [
    '  taken back: services.api.command',
    '  new: taken out again',
    '  old: kept, on a',
    '  api: back on a',
  ]);
});

test('the way on is the same command again, the way back a rollback', () => {
  assert.equal(
    wayOn(shown({ kind: 'restart', service: 'api' })),
    '`tidegate restart api` goes on with it; `tidegate rollback api` takes it back.',
  );
  assert.equal(
    wayOn(shown({ kind: 'rollback', service: 'api' })),
    '`tidegate rollback api` goes on with it.',
  );
});

test('one that was interrupted before anything was replaced is over, and says so', () => {
  const services = [{ name: 'api', from: 'a', to: 'b', replaced: 0, of: 4 }];
  const over = shown({ state: 'interrupted', endedAt: T0 + 900, services });
  assert.equal(
    summaryLines(over, paint(false))[0],
    'deploy 7 was interrupted after 900 ms, before anything was replaced: it is over.',
  );
  assert.equal(wayOn(over), '`tidegate deploy` begins it anew.');
});

test('where no request came in the summary says so', () => {
  const quiet = { requests: 0, failed: 0, p95BeforeMs: null, p95DuringMs: null };
  const lines = summaryLines(shown({ state: 'done', traffic: quiet }), paint(false));
  assert.equal(lines.at(-1), '  meanwhile: no request came in');
});
