import assert from 'node:assert/strict';
import { test } from 'node:test';
import { revisionDefinition, revisionId } from './revision.ts';
import type { RevisionDefinition } from './revision.ts';

const base: RevisionDefinition = {
  command: { kind: 'argv', argv: ['node', 'server.js'] },
  image: null,
  cwd: '/srv',
  env: { A: '1', B: { env: 'B_SECRET' } },
  user: null,
  health: { path: '/health' },
};

test('the same definition has the same short name, whatever the order of its keys', () => {
  const { command, image, cwd, env, user, health } = base;
  assert.match(revisionId(base), /^[0-9a-z]{8}$/);
  assert.equal(
    revisionId({
      health,
      user,
      env: { B: env['B'] as { env: string }, A: '1' },
      cwd,
      image,
      command,
    }),
    revisionId(base),
  );
});

test('the name stays the same across versions of Tidegate, or every replica would be replaced', () => {
  assert.equal(revisionId(base), 'fu3151d9');
});

test('whatever a replica is started from changes the name', () => {
  const others: readonly Partial<RevisionDefinition>[] = [
    { command: { kind: 'argv', argv: ['node', 'server.js', ''] } },
    { command: { kind: 'argv', argv: ['node server.js'] } },
    { command: { kind: 'shell', text: 'node server.js' } },
    { image: 'a' },
    { cwd: '/srv2' },
    { env: { A: '1' } },
    { env: { A: '1', B: 'B_SECRET' } },
    { user: 'www' },
    { health: { path: null } },
  ];
  const names = [base, ...others.map((other) => ({ ...base, ...other }))].map(revisionId);
  assert.equal(new Set(names).size, names.length);
});

test('what a replica is not started from does not', () => {
  const health = { ...base.health, timeoutMs: 5 };
  const service = { ...base, health, retries: 5, name: 'api' };
  assert.equal(revisionId(service), revisionId(base));
  assert.deepEqual(revisionDefinition(service), base);
});
