import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { parseUrls } from './urls.ts';

const BASE = new URL('http://127.0.0.1:8080/ignored');

test('a line has an address, and before and behind it what it differs in', () => {
  const text = `# what visitors do
/

3 /about?a=b
 POST /orders {"sku": "a b", "count": 2}
0.5 PUT http://127.0.0.1:8080/x  y\r
GET`;
  assert.throws(() => parseUrls(text, BASE), { code: 'BAD_URLS', message: /line 7 has 'GET'/ });
  const requests = parseUrls(text.slice(0, text.lastIndexOf('\n')), BASE);
  assert.deepEqual(
    requests.map(({ weight, method, url, body }) => [weight, method, url.href, body]),
    [
      [1, null, 'http://127.0.0.1:8080/', null],
      [3, null, 'http://127.0.0.1:8080/about?a=b', null],
      [1, 'POST', 'http://127.0.0.1:8080/orders', '{"sku": "a b", "count": 2}'],
      [0.5, 'PUT', 'http://127.0.0.1:8080/x', 'y'],
    ],
  );
});

test('what cannot be asked for is refused with its line', () => {
  const refused: [string, RegExp][] = [
    ['', /names no address/],
    ['# nothing', /names no address/],
    ['/\nabout', /line 2 has 'about'/],
    ['0 /', /line 1 has a weight that is not above 0/],
    ['-1 /', /line 1 has '-1'/],
    ['get /', /line 1 has 'get'/],
    ['//example.org/', /line 1 goes to http:\/\/example\.org/],
    ['http://127.0.0.1:9/', /line 1 goes to http:\/\/127\.0\.0\.1:9/],
    ['https://127.0.0.1:8080/', /line 1 goes to https/],
  ];
  for (const [text, message] of refused) {
    assert.throws(() => parseUrls(text, BASE), { code: 'BAD_URLS', exitCode: 2, message }, text);
  }
});

test('any text is either refused with BAD_URLS or goes to the one server', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('/', '//', '/a', '\\', '1', 'GET', 'http://[', BASE.href),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), fc.constantFrom(' ', '\n'), (words, glue) => {
      try {
        for (const { url, weight } of parseUrls(words.join(glue), BASE)) {
          assert.equal(url.origin, BASE.origin);
          assert.ok(weight > 0);
        }
      } catch (thrown) {
        assert.equal((thrown as { code?: string }).code, 'BAD_URLS', String(thrown));
      }
    }),
  );
});
