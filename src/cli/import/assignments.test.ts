import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setWithin, withoutAssignments } from './assignments.ts';

test('variables in front of a command are taken off it, where a shell would make nothing else of them', () => {
  const table = [
    ['PORT=4000 node server.js', 'node server.js', { PORT: '4000' }],
    [`A='b c' B="d"e  C= x --y=1`, 'x --y=1', { A: 'b c', B: 'de', C: '' }],
    ['env A=1 node x', 'node x', { A: '1' }],
    ['npx cross-env A=1 B=2 node x', 'node x', { A: '1', B: '2' }],
    [`sh -c 'A=1 node "x y"'`, ['sh', '-c', 'node "x y"'], { A: '1' }],
    [['/bin/bash', '-lc', 'A=1 exec x'], ['/bin/bash', '-lc', 'exec x'], { A: '1' }],
    [['env', 'A=b c', 'node', 'x'], 'node x', { A: 'b c' }],
    ['A=1 node $FILE', 'node $FILE', { A: '1' }],
  ] as const;
  for (const [written, command, variables] of table) {
    const taken = withoutAssignments(written);
    assert.deepEqual(taken.command, command, String(written));
    assert.deepEqual(Object.fromEntries(taken.variables), variables, String(written));
  }
});

test('what only a shell can work out, and what is more than one command, stays as it is', () => {
  for (const written of [
    'A=$B node x',
    'A=`b` node x',
    'A=~/x node x',
    'A="$B" node x',
    'A=1 npm run build && npm start',
    'A=1 x | tee y',
    'A=1; x',
    'A=1',
    'env -i A=1 x',
    'env A=1 B=$C x',
    'node x A=1',
    ['A=1', 'x'],
    ['env', 'A=1'],
    ['env', '-i', 'A=1', 'x'],
  ]) {
    const taken = withoutAssignments(written);
    assert.deepEqual([taken.command, taken.variables], [written, []], String(written));
  }
});

test('a PORT of its own is found wherever a command sets it, but not where it is handed on', () => {
  for (const written of [
    'export PORT=80; x',
    'cd a && PORT=80 x',
    ['sh', '-c', 'x & PORT=80 y'],
    'PORT=$P x',
  ]) {
    assert.equal(setWithin(written), 'PORT', String(written));
  }
  assert.equal(setWithin('A=$B HOST=0.0.0.0 x'), 'HOST');
  for (const written of [
    'PORT=$PORT x',
    'PORT=${PORT:-80} x',
    'PORT="$PORT" x',
    'x --PORT=80',
    'DB_PORT=1 x',
    'x',
  ]) {
    assert.equal(setWithin(written), null, written);
  }
});
