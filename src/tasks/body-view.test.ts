import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyView } from './body-view.ts';

test('a body is shown as JSON, as text or as base64, as what it really is', () => {
  const view = (body: string | Buffer, type?: string, encoding?: string) =>
    bodyView(Buffer.from(body), {
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    });
  const base64 = (body: string | Buffer) => ({
    body: Buffer.from(body).toString('base64'),
    encoding: 'base64',
  });
  assert.deepEqual(bodyView(null, null), { body: null, encoding: 'none' });
  assert.deepEqual(view(''), { body: null, encoding: 'none' });
  assert.deepEqual(view('[1]', 'application/json; charset=utf-8'), { body: [1], encoding: 'json' });
  assert.deepEqual(view('{}', 'application/problem+json'), { body: {}, encoding: 'json' });
  assert.deepEqual(view('{', 'application/json'), { body: '{', encoding: 'text' });
  assert.deepEqual(view('hé', 'Text/Plain'), { body: 'hé', encoding: 'text' });
  assert.deepEqual(view('hi'), { body: 'hi', encoding: 'text' });
  assert.deepEqual(view('hi', 'image/png'), base64('hi'));
  assert.deepEqual(view(Buffer.from([255]), 'text/plain'), base64(Buffer.from([255])));
  assert.deepEqual(view('[1]', 'application/json', 'gzip'), base64('[1]'));
});

test('what could be too long as JSON is base64, whatever it is', () => {
  const body = Buffer.alloc(100 * 1024 * 1024, 1);
  const view = bodyView(body, { 'content-type': 'text/plain' });
  assert.equal(view.encoding, 'base64');
  assert.ok(JSON.stringify(view).length > body.length);
});
