import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { codeOf } from '../../src/kit/errors.ts';
import { makeCertificate, type TestCertificate } from '../support/certificates.ts';
import { endControl } from '../support/control.ts';
import { identityProvider } from '../support/identity-provider.ts';
import { freePort } from '../support/ports.ts';
import { createProject, helloServer, type Project } from '../support/project.ts';
import { until } from '../support/until.ts';
import { configure } from '../support/versions.ts';

const files = { 'server.cjs': helloServer() };
const services = { api: { command: 'node server.cjs', scale: { min: 1, max: 1 } } };

/** Old and new never half written, as certbot does it. */
function put(project: Project, name: string, text: string): void {
  project.write(`${name}.new`, text);
  renameSync(join(project.folder, `${name}.new`), join(project.folder, name));
}

function putCertificate(project: Project, { cert, key }: TestCertificate): void {
  put(project, 'cert.pem', cert);
  put(project, 'key.pem', key);
}

function serialAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

async function statusWith(project: Project, token: string): Promise<number> {
  const response = await fetch(project.gatewayUrl, {
    headers: { authorization: `Bearer ${token}` },
  });
  await response.arrayBuffer();
  return response.status;
}

/** Everything the project keeps but what HAProxy itself has to read. */
function keptTexts(project: Project): string {
  const folder = join(project.folder, '.tidegate');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('/haproxy'))
    .map((entry) => textOf(join(entry.parentPath, entry.name)))
    .join('\n');
}

/** What is gone since it was seen is not kept. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown;
    return '';
  }
}

test('an identity provider that is away keeps nobody from starting, and what it once said outlives everything', async (t) => {
  const provider = await identityProvider(t);
  provider.say({ status: 500, body: 'away' });
  const project = await createProject(
    t,
    {
      services,
      gateway: {
        jwt: { main: { algorithms: ['ES256'], keys: provider.url } },
        routes: [{ service: 'api', auth: 'main' }],
      },
    },
    files,
  );
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  assert.match(up.out + up.err, /gateway\.jwt\.main\.keys: .* answered 500; no key is known/);
  assert.match((await project.status()).gateway.problems.join(), /every token is refused/);
  assert.equal(await statusWith(project, provider.token()), 401);

  provider.say(null);
  await until(
    'tokens are believed',
    async () => (await statusWith(project, provider.token())) === 200,
  );
  await until('nothing is wrong', async () => {
    return (await project.status()).gateway.problems.length === 0;
  });

  provider.say({ status: 200, body: '{"keys":[]}' });
  const before = (await project.status()).gateway.pid as number;
  await endControl(project.folder, 'SIGKILL');
  assert.equal(await statusWith(project, provider.token()), 200);
  assert.equal((await project.run('up', '-d')).code, 0);
  assert.equal((await project.status()).gateway.pid, before);
  assert.equal(await statusWith(project, provider.token()), 200);
  process.kill(before, 'SIGKILL');
  await until('another HAProxy believes them, too', async () => {
    const { gateway } = await project.status();
    if (gateway.pid === null || gateway.pid === before) return false;
    return (await statusWith(project, provider.token()).catch(() => 0)) === 200;
  });

  putCertificate(project, makeCertificate());
  const tls = { cert: 'cert.pem', key: 'key.pem', port: await freePort() };
  configure(project, services, { tls });
  const deployed = await project.run('deploy');
  assert.equal(deployed.code, 0, deployed.err);
  assert.equal((await project.status()).gateway.url, `https://127.0.0.1:${tls.port}`);
  assert.ok(await serialAt(tls.port));
  assert.equal(await statusWith(project, provider.token()), 200);
});

test('certificates are renewed without a reload, and no secret is kept or shown', async (t) => {
  const [first, second] = [makeCertificate(), makeCertificate()];
  const secret = randomBytes(32).toString('hex');
  const port = await freePort();
  const tls = { cert: 'cert.pem', key: 'key.pem', port, redirect: true, hsts: '365d' };
  const project = await createProject(
    t,
    {
      services,
      gateway: {
        tls,
        jwt: { main: { algorithms: ['HS256'], keys: { file: 'secret.txt' } } },
        routes: [
          { path: '/open', service: 'api' },
          { service: 'api', auth: 'main' },
        ],
      },
    },
    { ...files, 'secret.txt': `${secret}\n` },
  );
  const without = await project.run('up', '-d');
  assert.equal(without.code, 2);
  assert.match(without.err, /gateway\.tls\.cert: .*cert\.pem cannot be read \(ENOENT/);
  assert.match(
    (await project.run('config', 'check')).out,
    /warning: gateway\.tls\.cert: .*cannot be read/,
  );

  putCertificate(project, { cert: first.cert, key: second.key });
  assert.match(
    (await project.run('up', '-d')).err,
    /gateway\.tls\.key: .*is not the key of the certificate/,
  );
  putCertificate(project, first);
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  const { gateway } = await project.status();
  assert.equal(gateway.url, `https://127.0.0.1:${port}`);
  const redirected = await fetch(`${project.gatewayUrl}/open?a=b`, { redirect: 'manual' });
  assert.deepEqual(
    [redirected.status, redirected.headers.get('location')],
    [308, `https://127.0.0.1:${port}/open?a=b`],
  );

  const serial = await serialAt(port);
  putCertificate(project, second);
  await until('the renewed certificate', async () => (await serialAt(port)) !== serial);
  put(project, 'cert.pem', 'spoilt');
  await until('it is said', async () => (await project.status()).gateway.problems.length > 0);
  configure(project, { api: { ...services.api, retries: 1 } });
  const refused = await project.run('deploy');
  assert.equal(refused.code, 2, refused.out);
  assert.match(refused.err, /gateway\.tls\.cert: .*holds no certificate/);
  assert.notEqual(await serialAt(port), serial);
  put(project, 'cert.pem', second.cert);
  await until('it is well', async () => (await project.status()).gateway.problems.length === 0);
  assert.equal((await project.status()).gateway.pid, gateway.pid);

  const rendered = await project.run('render', 'haproxy', '--json');
  const shown = [
    rendered.out,
    (await project.run('config', 'show')).out,
    await project.run('status', '--json').then(({ out }) => out),
  ];
  const told = [...shown, keptTexts(project)].join('\n');
  assert.match(rendered.out, /ssl crt/);
  const spellings = (bytes: Buffer): string[] => [
    bytes.toString('hex'),
    bytes.toString('base64'),
    bytes.toString('latin1'),
  ];
  for (const { key } of [first, second]) {
    const { d = '' } = createPrivateKey(key).export({ format: 'jwk' });
    const lines = key.split('\n').filter((line) => line.length > 20 && !line.startsWith('-'));
    const written = createPrivateKey(key)
      .export({ type: 'pkcs8', format: 'pem' })
      .toString()
      .split('\n')
      .filter((line) => line.length > 40 && !line.startsWith('-'));
    for (const line of [
      ...lines.slice(1),
      ...written.slice(1),
      d,
      ...spellings(Buffer.from(d, 'base64url')),
    ])
      assert.ok(!told.includes(line), 'a private key was kept or shown');
  }
  for (const text of spellings(Buffer.from(secret)))
    assert.ok(!told.includes(text), 'a secret was kept or shown');

  // It is the secret all the same.
  const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = { sub: 'u1', exp: Math.floor(Date.now() / 1000) + 60 };
  const input = `${encoded({ alg: 'HS256' })}.${encoded(claims)}`;
  const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  const status = await new Promise<number>((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      ca: second.cert,
      headers: { authorization: `Bearer ${token}` },
    };
    request(options, (response) => resolve(response.resume().statusCode ?? 0))
      .on('error', reject)
      .end();
  });
  assert.equal(status, 200);

  await endControl(project.folder, 'SIGKILL');
  assert.equal((await project.run('up', '-d')).code, 0);
  assert.equal((await project.status()).gateway.pid, gateway.pid);
  assert.notEqual(await serialAt(port), serial);
});
