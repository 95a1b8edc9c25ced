import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '../../kit/clock.ts';
import type { FetchJwks } from './fetch-jwks.ts';
import { jwksText, parseJwks } from './jwks.ts';
import { createKeyAddress } from './key-address.ts';
import { Unusable } from './unusable.ts';

const T0 = 1_700_000_000_000;

function jwks(...kids: string[]): string {
  const keys = kids.map((kid) => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return { ...publicKey.export({ format: 'jwk' }), kid };
  });
  return JSON.stringify({ keys });
}

/** An address whose answers and clock are the test's; it is asked whenever it is due, as the control plane does. */
function scene(known = '{}') {
  let now = T0;
  let answer: () => ReturnType<FetchJwks> = () => Promise.reject(new Unusable('answered 500'));
  const askedAt: number[] = [];
  const fetch: FetchJwks = () => {
    askedAt.push((now - T0) / SECOND);
    return answer();
  };
  let refusal: readonly string[] = [];
  const algorithms = ['ES256'] as const;
  const before = known === '{}' ? [] : parseJwks(known, algorithms, { secrets: false }).keys;
  const url = 'https://id.example.org/jwks?token=x';
  const address = createKeyAddress({
    url,
    algorithms,
    clock: { now: () => now },
    fetch,
    known: before,
  });
  return {
    address,
    askedAt,
    kids: () => address.set.keys.map(({ keyId }) => keyId),
    serves: (text: string, freshMs = 5 * MINUTE) =>
      void (answer = () => Promise.resolve({ text, freshMs })),
    fails: (why = 'answered 500') => void (answer = () => Promise.reject(new Unusable(why))),
    breaks: () => void (answer = () => Promise.reject(new Error('disk full'))),
    refuses: (...problems: string[]) => void (refusal = problems),
    setBack: (ms: number) => void (now -= ms),
    async pass(ms: number, each = (): void => undefined) {
      for (const end = now + ms; now <= end; now += SECOND) {
        each();
        if (address.dueAt <= now) await address.ask(() => Promise.resolve(refusal));
      }
      now -= SECOND;
    },
  };
}

test('keys are had at once, and again when they are not fresh any more', async () => {
  const { address, askedAt, kids, serves, pass } = scene();
  serves(jwks('a'), 10 * MINUTE);
  await pass(0);
  assert.deepEqual(kids(), ['a']);
  assert.equal(address.set.checkedAtS, 0, 'nobody asked for a key that is not there');
  await pass(30 * MINUTE);
  assert.deepEqual(askedAt, [0, 600, 1200, 1800]);
});

test('while it is silent it is asked in growing pauses, every token is refused, and that is said', async () => {
  const { address, askedAt, kids, serves, pass } = scene();
  await pass(3 * MINUTE);
  assert.deepEqual(askedAt, [0, 1, 3, 7, 15, 31, 63, 123]);
  assert.equal(
    address.problem,
    'https://id.example.org/jwks answered 500; no key is known, so every token is refused',
  );
  assert.equal(address.set.checkedAtS, 0);
  serves(jwks('a'));
  await pass(MINUTE);
  assert.deepEqual([kids(), address.problem], [['a'], null]);
});

test('what is good stays in force, whatever comes after it', async () => {
  const { address, kids, serves, fails, breaks, refuses, pass } = scene();
  serves(jwks('good'));
  await pass(0);
  for (const [spoil, said] of [
    [() => fails(), /answered 500; the key known before stays/],
    [() => serves('{"keys":[]}'), /holds no key that fits ES256; the key/],
    [() => serves('<html>'), /is not JSON/],
    [
      () => serves(JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] })),
      /is a shared secret, and everybody can read it/,
    ],
    [() => breaks(), /cannot be taken \(disk full\)/],
    [
      () => (serves(jwks('odd')), refuses('HAProxy says no')),
      /the gateway does not take: HAProxy says no/,
    ],
  ] as const) {
    spoil();
    await pass(HOUR);
    assert.deepEqual(kids(), ['good']);
    assert.match(address.problem ?? '', said);
  }
  refuses();
  serves(jwks('next'));
  await pass(MINUTE);
  assert.deepEqual([kids(), address.problem], [['next'], null]);
});

test('the same keys in another order are the same keys: nothing is to be reloaded', async () => {
  const { address, serves, pass } = scene();
  const { keys } = JSON.parse(jwks('a', 'b', 'c')) as { keys: object[] };
  serves(JSON.stringify({ keys }));
  await pass(MINUTE);
  const before = address.set.keys;
  serves(JSON.stringify({ keys: keys.toReversed() }));
  await pass(HOUR);
  assert.deepEqual(address.set.keys, before);
  assert.equal(before.length, 3);
});

test('an unknown key has it asked, at most once in 30 s however often it comes', async () => {
  const { address, askedAt, serves, pass } = scene();
  serves(jwks('a'), HOUR);
  await pass(10 * SECOND);
  address.unknownKey();
  await pass(5 * SECOND);
  assert.deepEqual(
    askedAt,
    [0, 10],
    'a look that came by itself keeps nobody from being looked for',
  );
  await pass(5 * MINUTE, () => address.unknownKey());
  const asked = askedAt.slice(1);
  const between = asked.slice(1).map((at, index) => at - (asked[index] as number));
  assert.ok(between.length >= 9 && between.every((seconds) => seconds >= 30), String(askedAt));
});

test('an unknown key that comes late is asked for at once, and every look is noted', async () => {
  const { address, askedAt, serves, fails, kids, pass } = scene();
  serves(jwks('a'), HOUR);
  await pass(2 * MINUTE);
  fails();
  address.unknownKey();
  await pass(0);
  assert.deepEqual(askedAt, [0, 120]);
  assert.equal(address.set.checkedAtS, T0 / 1000 + 120);
  serves(jwks('a', 'b'), HOUR);
  await pass(5 * SECOND);
  assert.deepEqual(kids(), ['a', 'b']);
});

test('a clock that is set back delays nothing by more than half a minute', async () => {
  const { address, askedAt, serves, pass, setBack } = scene();
  serves(jwks('a'), HOUR);
  await pass(0);
  setBack(HOUR);
  address.unknownKey();
  await pass(30 * SECOND);
  assert.equal(askedAt.length, 2);
});

test('keys of an earlier control plane are in force from the first moment', async () => {
  const text = jwks('old');
  const { address, kids, pass } = scene(text);
  assert.deepEqual(kids(), ['old']);
  await pass(MINUTE);
  assert.deepEqual(kids(), ['old']);
  assert.match(address.problem ?? '', /the key known before stays in force/);
  assert.deepEqual(
    parseJwks(jwksText(address.set.keys), ['ES256'], { secrets: false }).keys,
    address.set.keys,
  );
});
