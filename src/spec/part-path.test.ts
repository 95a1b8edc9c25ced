import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partPathProblem, pathPieces } from './part-path.ts';

test('a whole segment or value stands for a parameter or a claim, and nothing less does', () => {
  const id = { parameter: 'id' };
  const sub = { claim: 'sub' };
  assert.deepEqual(pathPieces('/users/:id'), ['/users/', id]);
  assert.deepEqual(pathPieces('/:id/:claims.sub'), ['/', id, '/', sub]);
  assert.deepEqual(pathPieces('/a/:id/b?u=:claims.sub&n=2'), ['/a/', id, '/b?u=', sub, '&n=2']);
  assert.deepEqual(pathPieces('/v1/items:id?at=12:id'), ['/v1/items:id?at=12:id']);
  assert.deepEqual(pathPieces('/'), ['/']);
});

test('what looks as if it stood for something and does not is a problem, and so is a way up', () => {
  assert.match(partPathProblem('/a/:1') ?? '', /':1', which stands for nothing/);
  assert.match(partPathProblem('/a?x=:id-2') ?? '', /':id-2'/);
  assert.match(partPathProblem('/a?x=:claims.') ?? '', /':claims\.'/);
  for (const path of ['/a/../b', '/./a', '/a/%2E%2e', '/a/.%2e/b']) {
    assert.match(partPathProblem(path) ?? '', /'\.' or '\.\.'/, path);
  }
  for (const path of ['/a/:id/...', '/a?x=..', '/a:b', '/a/:claims.org-id']) {
    assert.equal(partPathProblem(path), null, path);
  }
});
