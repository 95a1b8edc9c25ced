import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { ALGORITHMS } from '../../spec/spec.ts';
import type { GatewayState } from '../gateway.ts';
import { plan } from '../plan.ts';
import { runHaproxy, sendRaw, type RunningHaproxy } from './fixtures/haproxy.ts';
import { MACHINE, route } from './fixtures/states.ts';
import { encoded, guardedState, inSeconds, issuer, jwtSpec, keySet } from './fixtures/tokens.ts';
import { startUpstream } from './fixtures/upstream.ts';

interface Answer {
  readonly status: number;
  readonly challenge: string | null;
  readonly body: { readonly headers?: Record<string, string>; readonly status?: number };
}

async function ask(
  { url }: RunningHaproxy,
  token: string | null,
  path = '/',
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    headers: { ...headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
  });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body: (await response.json()) as Answer['body'],
  };
}

async function guarded(
  t: TestContext,
  stateOf: (port: number) => GatewayState,
): Promise<RunningHaproxy> {
  const upstream = await startUpstream(t, 'api');
  return runHaproxy(t, stateOf(upstream.port));
}

async function remembered(haproxy: RunningHaproxy, table = ':tokens1'): Promise<number> {
  return Number(/used:(\d+)/.exec(await haproxy.tell(`show table ${table}`))?.[1]);
}

for (const family of ['a secret', 'a public key']) {
  test(`a token of every algorithm with ${family} is believed, carries its subject on, and is remembered`, async (t) => {
    const issuers = ALGORITHMS.filter(
      (algorithm) => algorithm.startsWith('HS') === (family === 'a secret'),
    ).map((algorithm) => issuer(algorithm, `key-of-${algorithm}`));
    const haproxy = await guarded(t, (port) =>
      guardedState(
        port,
        issuers.map(({ key }) => key),
      ),
    );
    for (const [index, { key, token }] of issuers.entries()) {
      const own = token({ sub: `user-${index}`, exp: inSeconds(60) });
      for (const turn of ['first', 'again']) {
        const { status, body, challenge } = await ask(haproxy, own);
        assert.equal(status, 200, `${key.algorithms[0]} ${turn}: ${challenge}`);
        assert.equal(body.headers?.['x-user-id'], `user-${index}`);
      }
      assert.equal(await remembered(haproxy), index + 1);
      const cut = own.slice(0, -8) + encoded('123456');
      assert.equal((await ask(haproxy, cut)).status, 401, `${key.algorithms[0]} with another end`);
    }
    assert.equal(await remembered(haproxy), issuers.length, 'nothing else is remembered');
  });
}

test('a token too long to be remembered whole is remembered by its digest, which nobody can send in its place', async (t) => {
  const main = issuer('HS256');
  const haproxy = await guarded(t, (port) => guardedState(port, [main.key]));
  const sized = (bytes: number): string => {
    const bare = main.token({ sub: 'u', pad: '', exp: inSeconds(60) });
    return main.token({ sub: 'u', pad: 'x'.repeat(bytes - bare.length), exp: inSeconds(60) });
  };
  for (const bytes of [1_500, 2_200, 2_600, 6_000]) {
    const long = sized(Math.floor((bytes * 3) / 4));
    const changed = long.slice(0, -4) + (long.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    for (const turn of ['first', 'again']) {
      assert.equal((await ask(haproxy, long)).status, 200, `${long.length} ${turn}`);
      assert.equal((await ask(haproxy, changed)).status, 401, `${long.length} changed ${turn}`);
    }
  }
  assert.deepEqual([await remembered(haproxy), await remembered(haproxy, ':digests1')], [1, 3]);
  const digests = (await haproxy.tell('show table :digests1')).matchAll(/key=([0-9A-F]{64})/gi);
  for (const [, digest = ''] of digests) {
    for (const sent of [digest, Buffer.from(digest, 'hex').toString('base64'), `Bearer ${digest}`])
      assert.equal((await ask(haproxy, sent)).status, 401);
  }
});

test('PSS is verified with keys of every length, one bit beside a byte too', async (t) => {
  for (const [algorithm, bits] of [
    ['PS256', 2049],
    ['PS384', 2055],
    ['PS512', 3072],
  ] as const) {
    const own = issuer(algorithm, null, bits);
    const haproxy = await guarded(t, (port) => guardedState(port, [own.key]));
    for (let count = 0; count < 6; count++) {
      const token = own.token({ sub: `user-${count}`, exp: inSeconds(60) });
      assert.equal((await ask(haproxy, token)).status, 200, `${algorithm} ${bits} ${token}`);
      const [head = '', claims = '', end = ''] = token.split('.');
      const bytes = Buffer.from(end, 'base64url');
      bytes.writeUInt8(bytes.readUInt8(count * 40) ^ (1 << count), count * 40);
      const changed = `${head}.${claims}.${bytes.toString('base64url')}`;
      assert.equal((await ask(haproxy, changed)).status, 401, `${algorithm} ${bits} changed`);
    }
  }
});

test('who brings no token is asked for one, who brings a wrong one is told why', async (t) => {
  const main = issuer('HS256');
  const haproxy = await guarded(t, (port) => guardedState(port, [main.key]));
  const none = await fetch(haproxy.url);
  assert.equal(none.status, 401);
  assert.equal(none.headers.get('www-authenticate'), 'Bearer realm="main"');
  assert.equal(none.headers.get('content-type'), 'application/problem+json');
  assert.equal(none.headers.get('cache-control'), 'no-store');
  assert.deepEqual(await none.json(), {
    type: 'about:blank',
    title: 'Unauthorized',
    status: 401,
    detail: 'A valid token is needed. The header WWW-Authenticate says more.',
  });
  const { challenge } = await ask(haproxy, main.token({ exp: inSeconds(-1) }));
  assert.equal(
    challenge,
    'Bearer realm="main", error="invalid_token", error_description="The token has expired."',
  );
  await until('the refusals are in the log', () =>
    haproxy.lines.some(({ denied, status }) => denied === 'identity' && status === 401),
  );
});

test('a route asks for scopes and claims of its own, and a token that meets one does not meet another', async (t) => {
  const main = issuer('ES256');
  const routes = [
    route({ path: '/read', auth: 'main', scopes: ['orders:read'] }),
    route({ path: '/write', auth: 'main', scopes: ['orders:read', 'orders:write'] }),
    route({ path: '/admin', auth: 'main', claims: { role: ['admin', '7'] } }),
    route({ path: '/verified', auth: 'main', claims: { verified: ['true'] } }),
    route({ path: '/open' }),
    route({ path: '/*', auth: 'main' }),
  ];
  const haproxy = await guarded(t, (port) => guardedState(port, [main.key], { routes }));
  const token = (claims: object): string => main.token({ exp: inSeconds(60), ...claims });
  const statuses = async (claims: object, ...paths: string[]): Promise<number[]> => {
    const own = token(claims);
    const statuses: number[] = [];
    for (const path of [...paths, ...paths]) statuses.push((await ask(haproxy, own, path)).status);
    assert.deepEqual(statuses.slice(0, paths.length), statuses.slice(paths.length), 'asked twice');
    return statuses.slice(0, paths.length);
  };
  const paths = ['/', '/read', '/write'];
  assert.deepEqual(await statuses({ scope: 'orders:read' }, ...paths), [200, 200, 403]);
  assert.deepEqual(
    await statuses({ scope: 'orders:write orders:read' }, ...paths),
    [200, 200, 200],
  );
  assert.deepEqual(
    await statuses({ scp: ['orders:read', 'orders:write'] }, ...paths),
    [200, 200, 200],
  );
  for (const held of [
    'orders:readonly',
    'xorders:read',
    'orders:rea',
    'ORDERS:READ',
    'orders:read,orders:write',
    '',
  ]) {
    assert.deepEqual(await statuses({ scope: held }, '/read'), [403], held);
  }
  assert.deepEqual(
    await statuses({ scp: [['orders:read'], { a: 'orders:read' }] }, '/read'),
    [403],
  );
  assert.deepEqual(await statuses({ scope: { 'orders:read': true } }, '/read'), [403]);

  const admin = ['/admin'];
  for (const role of ['admin', 7, ['x', 'admin'], [7]])
    assert.deepEqual(await statuses({ role }, ...admin), [200]);
  for (const role of ['Admin', 'admin ', 70, [], null, true, ['admins'], [['admin']]])
    assert.deepEqual(await statuses({ role }, ...admin), [403], JSON.stringify(role));
  assert.deepEqual(await statuses({}, ...admin, '/verified'), [403, 403]);
  assert.deepEqual(await statuses({ verified: true }, '/verified', '/open'), [200, 200]);

  const refused = await ask(haproxy, token({ scope: 'x' }), '/write');
  assert.equal(
    refused.challenge,
    'Bearer realm="main", error="insufficient_scope", error_description="The token lacks a scope.", scope="orders:read orders:write"',
  );
  assert.equal(refused.body.status, 403);
  // What it may do is nobody's business who did not sign it.
  const forged = issuer('ES256').token({ exp: inSeconds(60) });
  assert.equal((await ask(haproxy, forged, '/write')).status, 401);
  assert.equal((await ask(haproxy, null, '/open')).status, 200);
});

test('issuer, audience and times are compared exactly, with the skew that is allowed', async (t) => {
  const main = issuer('HS512');
  const jwt = { issuer: 'https://id.example/', audiences: ['shop', 'admin'], clockSkewMs: 60_000 };
  const haproxy = await guarded(t, (port) => guardedState(port, [main.key], { jwt }));
  const good = { iss: jwt.issuer, aud: 'shop', exp: inSeconds(600) };
  const cases: readonly [status: number, claims: object][] = [
    [200, {}],
    [200, { aud: ['other', 'admin'] }],
    [200, { exp: inSeconds(-30), nbf: inSeconds(60), iat: inSeconds(60) }],
    [401, { exp: inSeconds(-61) }],
    [401, { nbf: inSeconds(90) }],
    [401, { iat: inSeconds(90) }],
    [401, { iss: 'https://id.example' }],
    [401, { iss: [jwt.issuer] }],
    [401, { iss: undefined }],
    [401, { aud: undefined }],
    [401, { aud: [] }],
    [401, { aud: 'Shop' }],
    [401, { aud: 'shop admin' }],
    [401, { aud: ['other'] }],
    [401, { aud: ['shop', 1] }],
    [401, { aud: { shop: true } }],
    [401, { exp: undefined }],
    [401, { exp: null }],
    [401, { exp: String(good.exp) }],
    [401, { exp: good.exp + 0.5 }],
    [401, { nbf: '1' }],
    [401, { iat: 1.5 }],
  ];
  for (const [status, claims] of cases) {
    const answer = await ask(haproxy, main.token({ ...good, ...claims }));
    assert.equal(answer.status, status, `${JSON.stringify(claims)}: ${answer.challenge}`);
  }
  for (const exp of [
    '99999999999e0',
    '9999999999.0',
    '1e99',
    '99999999999999999999',
    '-1',
    'true',
    '[9999999999]',
  ]) {
    const text = JSON.stringify(good).replace(String(good.exp), exp);
    assert.equal((await ask(haproxy, main.token(text))).status, 401, exp);
  }
});

test('claims arrive as they are, from a token that is remembered or not, and never as another header', async (t) => {
  const main = issuer('HS256');
  const forward = { sub: 'x-user-id', name: 'x-user-name', role: 'x-user-role', n: 'x-number' };
  const routes = [route({ path: '/open' }), route({ path: '/*', auth: 'main' })];
  const haproxy = await guarded(t, (port) =>
    guardedState(port, [main.key], { jwt: { forward }, routes }),
  );
  let count = 0;
  const arrives = async (claims: string, expected: Record<string, string>): Promise<void> => {
    count++;
    const token = main.token(`{"exp":${inSeconds(60)},${claims}}`);
    for (const turn of ['first', 'again', 'a third time']) {
      const { status, body, challenge } = await ask(haproxy, token);
      assert.equal(status, 200, `${claims} ${turn}: ${challenge}`);
      assert.equal(await remembered(haproxy), count);
      const got = Object.values(forward).flatMap((name) => {
        const value = body.headers?.[name];
        return value === undefined ? [] : [[name, value]];
      });
      assert.deepEqual(Object.fromEntries(got), expected, `${claims} ${turn}`);
    }
  };
  await arrives('"sub":"a b"', { 'x-user-id': 'a b' });
  await arrives('"sub":"a","name":"b","role":"c"', {
    'x-user-id': 'a',
    'x-user-name': 'b',
    'x-user-role': 'c',
  });
  await arrives('"sub":"\\u0061\\"\\\\\\/"', { 'x-user-id': 'a"\\/' });
  await arrives('"sub":"%00%0d%0ax: y"', { 'x-user-id': '%00%0d%0ax: y' });
  await arrives('"name":"Zo\\u00eb","sub":"Zo\u00eb"', {
    'x-user-name': Buffer.from('Zo\u00eb').toString('latin1'),
    'x-user-id': Buffer.from('Zo\u00eb').toString('latin1'),
  });
  await arrives('"sub":"","name":null', {});
  await arrives('"n":12345678901,"sub":1.50', { 'x-number': '12345678901', 'x-user-id': '1.50' });
  await arrives('"role":["a", "b"],"n":true', { 'x-user-role': '["a", "b"]', 'x-number': 'true' });
  await arrives('"\\u0073ub":"x"', { 'x-user-id': 'x' });
  await arrives('"a":{"sub":"inner"}', {});
  await arrives('"a":{"sub":"inner"},"sub":"outer"', { 'x-user-id': 'outer' });
  const refused = [
    'a\\r\\nx-admin: 1',
    'a\\nb',
    'a\\u0000b',
    'a\\tb',
    'a\\u007fb',
    'a\\u0085b',
    ' a',
    'a ',
    'x'.repeat(600),
  ];
  for (const sub of refused) {
    const token = main.token(`{"exp":${inSeconds(60)},"sub":"${sub}"}`);
    const { status, challenge } = await ask(haproxy, token);
    assert.equal(status, 401, sub);
    assert.match(challenge ?? '', /A claim cannot be carried in a header/);
  }
  assert.equal(
    (await ask(haproxy, main.token(`{"exp":${inSeconds(60)},"role":["a",\n"b"]}`))).status,
    401,
  );
});

test('a claim that limits count by is the verified one, to the last digit, remembered or not', async (t) => {
  const main = issuer('HS256');
  const rateLimit = {
    per: { kind: 'claim', name: 'account' },
    requests: 2,
    windowMs: 60_000,
    followCapacity: false,
  } as const;
  const routes = [route({ path: '/*', auth: 'main', rateLimit })];
  const haproxy = await guarded(t, (port) => guardedState(port, [main.key], { routes }));
  for (const account of [12_345_678_901, 12_345_678_902, 'a', 'A']) {
    const token = main.token({ account, exp: inSeconds(60) });
    for (const expected of [200, 200, 429])
      assert.equal((await ask(haproxy, token)).status, expected, String(account));
    const other = main.token({ account, exp: inSeconds(61) });
    assert.equal((await ask(haproxy, other)).status, 429, 'another token of the same account');
  }
});

test('what a client says under the names that carry claims is removed on every route, in every spelling', async (t) => {
  const main = issuer('HS256');
  const routes = [route({ path: '/open' }), route({ path: '/*', auth: 'main' })];
  const haproxy = await guarded(t, (port) => {
    const state = guardedState(port, [main.key], { routes });
    const other = jwtSpec({ name: 'other', forward: { email: 'x-mail_address' } });
    return { ...state, gateway: { ...state.gateway, jwt: { ...state.gateway.jwt, other } } };
  });
  const names = [
    'X-User-Id',
    'x_user_id',
    'X-USER_ID',
    'x.user.id',
    'x-mail-address',
    'X_Mail_Address',
  ];
  for (const path of ['/open', '/']) {
    for (const token of [
      main.token({ exp: inSeconds(60) }),
      main.token({ exp: inSeconds(60), sub: 'me' }),
    ]) {
      const bytes = [
        `GET ${path} HTTP/1.1`,
        'Host: a',
        `Authorization: Bearer ${token}`,
        ...names.map((name) => `${name}: root`),
        'x-user-idx: kept',
        'Connection: close',
        '\r\n',
      ].join('\r\n');
      for (const turn of ['first', 'again']) {
        const answer = await sendRaw(haproxy.port, bytes);
        assert.match(answer, /^HTTP\/1.1 200/, turn);
        assert.doesNotMatch(answer, /root/, `${path} ${turn}`);
        assert.match(answer, /"x-user-idx":"kept"/);
      }
    }
  }
});

test('a remembered token ends when it expires, on a kept connection too', async (t) => {
  const main = issuer('RS256');
  const haproxy = await guarded(t, (port) => guardedState(port, [main.key]));
  let [token, exp, status] = ['', 0, 0];
  // Where it expired before the answer came, as on a machine that stood still, nothing was shown yet.
  do {
    exp = inSeconds(2);
    token = main.token({ sub: 'me', exp });
    ({ status } = await ask(haproxy, token));
  } while (status === 401 && Date.now() / 1000 >= exp);
  assert.equal(status, 200);
  assert.equal(await remembered(haproxy), 1);
  await until('it is refused', async () => (await ask(haproxy, token)).status === 401);
  const { challenge } = await ask(haproxy, token);
  assert.match(challenge ?? '', /expired/);
  assert.equal(await remembered(haproxy), 1, 'the entry is still there');
});

test('a token of one key set is nothing to a route of another, remembered or not', async (t) => {
  const [main, other] = [issuer('ES384', 'same'), issuer('ES384', 'same')];
  const routes = [route({ path: '/other', auth: 'other' }), route({ path: '/*', auth: 'main' })];
  const haproxy = await guarded(t, (port) => {
    const state = guardedState(port, [main.key], { routes });
    const jwt = { ...state.gateway.jwt, other: jwtSpec({ name: 'other', algorithms: ['ES384'] }) };
    const keys = { ...state.keys, other: keySet([other.key]) };
    return { ...state, gateway: { ...state.gateway, jwt }, keys };
  });
  const claims = { sub: 'me', exp: inSeconds(60) };
  const [mine, theirs] = [main.token(claims), other.token(claims)];
  for (let turn = 0; turn < 2; turn++) {
    assert.equal((await ask(haproxy, mine)).status, 200);
    assert.equal((await ask(haproxy, mine, '/other')).status, 401);
    assert.equal((await ask(haproxy, theirs, '/other')).status, 200);
    assert.equal((await ask(haproxy, theirs)).status, 401);
  }
});

test('a key is chosen by its name; without one only where a single key fits', async (t) => {
  const [a, b, nameless] = [issuer('ES256', 'a'), issuer('ES256', 'b'), issuer('ES512')];
  const haproxy = await guarded(t, (port) => guardedState(port, [a.key, b.key, nameless.key]));
  const claims = { exp: inSeconds(60) };
  const statusOf = async (token: string): Promise<number> => (await ask(haproxy, token)).status;
  assert.equal(await statusOf(a.token(claims)), 200);
  assert.equal(await statusOf(b.token(claims)), 200);
  assert.equal(await statusOf(a.token(claims, { alg: 'ES256', kid: 'b' })), 401, 'another key');
  assert.equal(await statusOf(a.token(claims, { alg: 'ES256', kid: 'c' })), 401, 'an unknown key');
  assert.equal(await statusOf(a.token(claims, { alg: 'ES256' })), 401, 'either of two');
  assert.equal(await statusOf(nameless.token(claims)), 200);
  assert.equal(await statusOf(nameless.token(claims, { alg: 'ES512', kid: 'any' })), 200);
});

test('without keys every token is refused, and the rest is served', async (t) => {
  const main = issuer('RS256');
  const routes = [route({ path: '/open' }), route({ path: '/*', auth: 'main' })];
  const haproxy = await guarded(t, (port) => ({
    ...guardedState(port, [main.key], { routes }),
    keys: {},
  }));
  const { status, challenge } = await ask(haproxy, main.token({ exp: inSeconds(60) }));
  assert.equal(status, 401);
  assert.match(challenge ?? '', /The key is not known/);
  assert.equal((await ask(haproxy, null, '/open')).status, 200);
});

test('a program that fails lets nobody through', async (t) => {
  const upstream = await startUpstream(t, 'api');
  const main = issuer('HS256');
  const state = guardedState(upstream.port, [main.key]);
  const broken = { ...MACHINE.programs };
  broken['identity.lua'] = (broken['identity.lua'] as string).replace(
    "txn:set_var('txn.algorithm'",
    "error('broken') txn:set_var('txn.algorithm'",
  );
  const haproxy = await runHaproxy(t, state, { machine: { ...MACHINE, programs: broken } });
  const { status } = await ask(haproxy, main.token({ exp: inSeconds(60) }));
  assert.equal(status, 401);
});

test('who has no identity is refused at the end also where nothing could be marked', async (t) => {
  const main = issuer('HS256');
  const { config } = (await guarded(t, (port) => guardedState(port, [main.key]))).planned.rendered;
  const rules = config.split('\n').filter((line) => line.startsWith('  http-request '));
  const asked = rules.slice(rules.findIndex((line) => line.includes('set-var(txn.remembered)')));
  for (const allow of asked.filter((line) => line.includes('http-request allow')))
    assert.match(allow, /allow if \{ var\(txn\.identity\) -m found \}|allow unless asks-who/);
  const last = asked.find((line) => line.includes('return status 401'));
  assert.doesNotMatch(last ?? 'no 401', / if | unless |no 401/);
});

test('a secret stands in no configuration; HAProxy without Lua, and keys that do not fit, are refused', () => {
  const [hs, rs, es] = [issuer('HS256'), issuer('RS256'), issuer('ES256')];
  const paths = { folder: '/gateway', runFolder: '/run' };
  const planned = plan(null, guardedState(1, [hs.key]), paths, MACHINE);
  assert.ok(planned.kind === 'reload');
  const material = hs.key.material as { base64: string };
  const hex = Buffer.from(material.base64, 'base64').toString('hex');
  assert.ok(!planned.next.rendered.config.includes(material.base64));
  assert.ok(!planned.next.rendered.config.includes(hex));

  const problemsOf = (state: GatewayState, machine = MACHINE): string => {
    const refused = plan(null, state, paths, machine);
    return refused.kind === 'refused' ? refused.problems.join('\n') : '';
  };
  assert.match(problemsOf(guardedState(1, [hs.key]), { ...MACHINE, lua: false }), /without it/);
  const misfit = (
    key: typeof rs.key,
    ...algorithms: (typeof rs.key.algorithms)[number][]
  ): string => problemsOf(guardedState(1, [{ ...key, algorithms }]));
  assert.match(misfit(es.key, 'ES384'), /keys\[0\]: the key does not fit ES384/);
  assert.match(misfit(rs.key, 'HS256'), /the key does not fit HS256/);
  assert.match(misfit(hs.key, 'RS256'), /a secret is for HS256/);
  assert.equal(misfit(rs.key, 'RS256', 'PS512'), '');
  const nobody = guardedState(1, [hs.key], { routes: [route({ path: '/*', auth: 'who' })] });
  assert.match(problemsOf(nobody), /routes\[0\]\.auth: "who" is none of gateway.jwt/);
});
