import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routeOf } from './route.ts';

test('what is asked for follows from method and path, wherever the tasks are', () => {
  assert.deepEqual(routeOf('POST', '/tasks/mail?x=/y', '/tasks'), { kind: 'send', queue: 'mail' });
  assert.deepEqual(routeOf('GET', '/tasks/1?wait=3s', '/tasks'), { kind: 'show', id: '1' });
  assert.deepEqual(routeOf('HEAD', '/a/b/1/result', '/a/b'), { kind: 'result', id: '1' });
  assert.deepEqual(routeOf('POST', '/mail/lease', '/'), { kind: 'lease', queue: 'mail' });
  for (const kind of ['extend', 'complete', 'fail'] as const) {
    assert.deepEqual(routeOf('POST', `/tasks/1/${kind}`, '/tasks'), { kind, id: '1' });
    assert.deepEqual(routeOf('GET', `/tasks/1/${kind}`, '/tasks'), {
      kind: 'method',
      allow: 'POST',
    });
  }
  assert.deepEqual(routeOf('PUT', '/tasks/mail', '/tasks'), { kind: 'method', allow: 'GET, POST' });
  assert.deepEqual(routeOf('DELETE', '/tasks/1', '/tasks'), { kind: 'cancel', allow: 'GET, POST' });
  assert.deepEqual(routeOf('POST', '/tasks/1/cancel', '/tasks'), { kind: 'cancel', allow: '' });
  for (const path of [
    '/tasks',
    '/tasks/',
    '/tasksx/a',
    '/tasks/a/b',
    '/tasks/a/lease/b',
    '/tasks/a/',
    '*',
  ])
    assert.deepEqual(routeOf('POST', path, '/tasks'), { kind: 'nothing' }, path);
});
