import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { fillPath, segmentsOf } from './fill-path.ts';

const NO_CLAIMS = new Map<string, unknown>();
const user = ['/users/', { segment: 2 }, '/posts?of=', { segment: 2 }] as const;

function filled(segment: string): string | number {
  const result = fillPath(user, segmentsOf(`/overview/${segment}?x=/../y#z`), NO_CLAIMS);
  return result.kind === 'path' ? result.path : result.status;
}

test('a parameter is encoded anew, and stays what it is', () => {
  assert.equal(filled('7'), '/users/7/posts?of=7');
  for (const [sent, becomes] of [
    ['a%20b', 'a%20b'],
    ['a b', 'a%20b'],
    ['%61', 'a'],
    ['é', '%C3%A9'],
    ['%C3%A9', '%C3%A9'],
    ['x;y', 'x%3By'],
    ['a%3Fb%26c%3Dd%23e', 'a%3Fb%26c%3Dd%23e'],
    ['100%25', '100%25'],
    ['a.b', 'a.b'],
    ['%F0%9F%8C%8A', '%F0%9F%8C%8A'],
  ] as const) {
    assert.equal(filled(sent), `/users/${becomes}/posts?of=${becomes}`, sent);
  }
});

test('what could be more than one segment to somebody is refused, however it is wrapped', () => {
  for (const sent of [
    '',
    '.',
    '..',
    '%2e%2e',
    '%2E.',
    '.%2e%2f',
    '..;',
    '..%3bx',
    'a..b',
    'a%2fb',
    'a%2Fb',
    'a%5cb',
    'a\\b',
    '%252f',
    '%252e%252e',
    '%25252e%25252e',
    '%2525252e',
    '%00',
    'a%0d%0ab',
    'a%0a',
    '%09',
    '%7f',
    '%C2%85',
    '%E2%80%A8',
    '%ff',
    '%c0%ae',
    '%',
    '%2',
    '%zz',
    '%ED%A0%80',
  ]) {
    assert.equal(filled(sent), 400, sent);
  }
});

test('a path that was sent as an address is read like any other', () => {
  assert.deepEqual(segmentsOf('http://a.test/overview/7?x=1'), ['', 'overview', '7']);
  assert.deepEqual(segmentsOf('/overview/7#x?y'), ['', 'overview', '7']);
});

test('a claim fills in what the token says, and without it nobody gets in', () => {
  const pieces = ['/users/', { claim: 'sub' }] as const;
  const of = (sub: unknown): string | number => {
    const result = fillPath(pieces, [], new Map([['sub', sub]]));
    return result.kind === 'path' ? result.path : result.status;
  };
  assert.equal(of('auth0|7'), '/users/auth0%7C7');
  assert.equal(of(7), '/users/7');
  for (const none of [undefined, null, {}, ['a'], 2 ** 53, 0.5]) assert.equal(of(none), 403);
  for (const bad of ['', '..', 'a/b', 'a\nb', '%2e%2e', '\ud800']) assert.equal(of(bad), 400);
});

test('whatever is sent, the path has as many segments and pairs as it was written with', () => {
  const sent = fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text.toWellFormed())),
    fc.string({ unit: fc.constantFrom(...Array.from('%2fFeE.c5;/\\?#&=a\r\n \u0000é')) }),
  );
  fc.assert(
    fc.property(sent, (text) => {
      const result = filled(text);
      if (typeof result === 'number') return;
      const url = new URL(result, 'http://gateway');
      assert.equal(url.pathname.split('/').length, 4, 'no way up or down');
      assert.equal(url.searchParams.size, 1);
      assert.match(result, /^\/users\/[^/?#&=\\;]+\/posts\?of=[^/?#&=\\;]+$/);
      assert.ok(!/%2f|%5c|%0|%1|\.\./i.test(result), result);
    }),
    { numRuns: 2_000 },
  );
});
