import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ALGORITHMS, type Algorithm, type JwtSpec } from '../../spec/spec.ts';
import type { KeySet, VerificationKey } from '../gateway.ts';
import { parseJwks } from '../keys/jwks.ts';
import { runHaproxy, sendRaw } from './fixtures/haproxy.ts';
import { MACHINE, gatewayState, route, server, service } from './fixtures/states.ts';
import { jwtSpec, keySet } from './fixtures/tokens.ts';
import { startUpstream } from './fixtures/upstream.ts';

interface Vectors {
  readonly groups: readonly {
    readonly file: string;
    readonly comment: string;
    readonly key: object;
    readonly tests: readonly {
      readonly id: number;
      readonly comment: string;
      readonly jws: string;
      readonly result: 'valid' | 'invalid';
    }[];
  }[];
}

const FILE = join(import.meta.dirname, 'fixtures/wycheproof/jws.json');
const { groups } = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

const SHARED = ALGORITHMS.filter((algorithm) => algorithm.startsWith('HS'));
const PUBLIC = ALGORITHMS.filter((algorithm) => !algorithm.startsWith('HS'));

/** What is signed there is mostly no claims; here the signature alone is asked for, by all else that serves. */
const PROGRAMS = {
  ...MACHINE.programs,
  'token.lua': (MACHINE.programs['token.lua'] as string)
    .replace(
      'object_of(second, convert)',
      '(object_of(second, convert) or decoded(second, convert) and {})',
    )
    .replace(
      'local function good_until(claims, rules, now)',
      '$&\n  if rules then return now + 60 end',
    ),
};

/** Of what is valid there, this is refused all the same. */
const STRICTER: Readonly<Record<string, string>> = {
  emptyPayload: 'claims are an object',
  InvalidCharacterInsertedInHeader: 'base64url has no other characters',
  InvalidCharacterInsertedInPayload: 'base64url has no other characters',
  Figure20: 'the key is said to be for another algorithm',
  Figure27: 'the key is said to be for another algorithm',
};

function keysOf(key: object, algorithms: readonly Algorithm[]): readonly VerificationKey[] {
  try {
    return parseJwks(JSON.stringify(key), algorithms, { secrets: true }).keys;
  } catch {
    return [];
  }
}

test('of the vectors of Project Wycheproof none that is invalid is accepted, and all that are valid are', async (t) => {
  const upstream = await startUpstream(t, 'api');
  const jwt: Record<string, JwtSpec> = {};
  const keys: Record<string, KeySet> = {};
  for (const [index, { key }] of groups.entries()) {
    for (const [family, algorithms] of Object.entries({ shared: SHARED, public: PUBLIC })) {
      const name = `${family}-${index}`;
      jwt[name] = jwtSpec({ name, algorithms, forward: {} });
      keys[name] = keySet(keysOf(key, algorithms));
    }
  }
  const routes = Object.keys(jwt).map((name) => route({ path: `/${name}`, auth: name }));
  const state = gatewayState([service({ servers: [server('x', upstream.port)] })], { jwt, routes });
  const machine = { ...MACHINE, programs: PROGRAMS };
  const haproxy = await runHaproxy(t, { ...state, keys }, { machine });
  const isAccepted = async (path: string, jws: string): Promise<boolean> => {
    const head = `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n`;
    const answer = await sendRaw(haproxy.port, `${head}Authorization: Bearer ${jws}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1.1 (?:200|401|400) /);
    return answer.startsWith('HTTP/1.1 200');
  };

  const counts = { valid: 0, invalid: 0, stricter: 0 };
  const wrong: string[] = [];
  for (const [index, { file, tests }] of groups.entries()) {
    const valid = new Set(tests.flatMap(({ jws, result }) => (result === 'valid' ? [jws] : [])));
    for (const { id, comment, jws, result } of tests) {
      // Two are to the byte the same as one that is said to be valid.
      if (result === 'invalid' && valid.has(jws)) continue;
      const expected = result === 'valid' && STRICTER[comment] === undefined;
      counts[result === 'valid' && !expected ? 'stricter' : result]++;
      const shared = await isAccepted(`/shared-${index}`, jws);
      const accepted = (await isAccepted(`/public-${index}`, jws)) || shared;
      if (accepted !== expected) wrong.push(`${file} ${id} (${result}): ${comment}`);
    }
  }
  assert.deepEqual(wrong, []);
  t.diagnostic(
    `${counts.invalid} invalid refused, ${counts.valid} valid accepted, ${counts.stricter} valid refused for a reason`,
  );
  assert.deepEqual(counts, { valid: 43, invalid: 418, stricter: 12 });
});
