import assert from 'node:assert/strict';
import { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { makeCertificate } from '../../../test/support/certificates.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { DAY } from '../../kit/clock.ts';
import type { Io } from '../io.ts';
import { reportError } from '../io.ts';
import { register as registerConfig } from './config.ts';
import { register as registerInit } from './init.ts';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command as `main.ts` does, within this process. */
async function run(...args: readonly string[]): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    terminal: false,
    colour: false,
    columns: 80,
  };
  const program = new Command('tidegate').exitOverride();
  registerConfig(program, io);
  registerInit(program, io);
  let code = 0;
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    code = reportError(thrown, args.includes('--json'), io);
  }
  return { code, out: out.join('\n'), err: err.join('\n') };
}

function configFile(t: TestContext, config: object): string {
  const path = join(temporaryFolder(t), 'tidegate.config.json');
  writeFileSync(path, JSON.stringify(config));
  return path;
}

test('config check says ok, with warnings and what is not in this version', async (t) => {
  const path = configFile(t, {
    gateway: { routes: [{ service: 'api', timeout: '1m' }] },
    services: { api: { command: 'x', drain: '5s', port: 80 } },
  });
  assert.deepEqual(await run('config', 'check', '-c', path), {
    code: 0,
    out: [
      'warning: services.api.drain: a replica that leaves has 5s, but a request of the route /* may take 1m and would be cut off',
      "not in this version: services.api.port: the engine 'swarm', which needs it, is not in this version",
      `ok: ${path}`,
      'but `tidegate up` would refuse it until that key not in this version is taken out',
    ].join('\n'),
    err: '',
  });
  const { out } = await run('config', 'check', '-c', path, '--json');
  const shown = JSON.parse(out) as Record<string, unknown>;
  assert.deepEqual([shown['ok'], shown['startable']], [true, false]);
  assert.deepEqual(shown['services'], ['api']);
  assert.deepEqual((shown['unbuilt'] as { path: string }[])[0]?.path, 'services.api.port');
});

test('config check says what up would refuse of files and secrets, and repeats no secret', async (t) => {
  const services = { api: { command: 'x' } };
  const check = async (gateway: object): Promise<[string, unknown]> => {
    const path = configFile(t, { gateway, services });
    const { code, out, err } = await run('config', 'check', '-c', path);
    assert.deepEqual([code, err], [0, '']);
    const json = JSON.parse((await run('config', 'check', '-c', path, '--json')).out) as {
      readonly startable: unknown;
    };
    return [out.replace(path, 'PATH'), json.startable];
  };
  const withKeys = (algorithm: string, keys: unknown): object => ({
    jwt: { main: { algorithms: [algorithm], keys } },
    routes: [{ service: 'api', auth: 'main' }],
  });
  const refused = 'ok: PATH\nbut `tidegate up` would refuse it here, for gateway.jwt.main.keys';
  assert.deepEqual(await check(withKeys('HS256', 'my-secret-text')), [
    `warning: gateway.jwt.main.keys: names no file that is there; a secret is named as { env: 'NAME' } or { file: 'PATH' }\n${refused}`,
    false,
  ]);
  const [missing, startable] = await check(withKeys('RS256', './gone.json'));
  assert.match(missing, /gone\.json cannot be read/);
  assert.ok(missing.endsWith(refused));
  assert.equal(startable, false);

  const folder = temporaryFolder(t);
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const tls = { cert, key, port: 8443 };
  const made = makeCertificate({ days: 30 });
  writeFileSync(cert, made.cert);
  writeFileSync(key, made.key);
  assert.deepEqual(await check({ tls }), ['ok: PATH', true]);
  const [swapped, swappedStarts] = await check({ tls: { ...tls, cert: key, key: cert } });
  assert.match(swapped, /`tidegate up` would refuse it here, for gateway\.tls\.\w+/);
  assert.equal(swappedStarts, false);
  // `up` goes on with a certificate that has expired.
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 40 * DAY });
  const [expired, expiredStarts] = await check({ tls });
  assert.match(expired, /\nbut `tidegate deploy` would refuse it here, for gateway\.tls\.cert$/);
  assert.equal(expiredStarts, true);
});

test('config check exits 2 with every problem', async (t) => {
  const path = configFile(t, { services: { api: { command: 'x', retries: 'y', a: 1 } } });
  const words = await run('config', 'check', '-c', path);
  assert.equal(words.code, 2);
  assert.match(
    words.err,
    /has 2 problems:\n {2}services\.api\.retries: .*\n {2}services\.api\.a: /,
  );
  const json = await run('config', 'check', '-c', path, '--json');
  assert.equal(json.code, 2);
  const problem = JSON.parse(json.out) as { code: string; errors: unknown[] };
  assert.equal(problem.code, 'CONFIG_INVALID');
  assert.equal(problem.errors.length, 2);
});

test('what is not in this version is told beside the problems', async (t) => {
  const path = configFile(t, {
    engine: 'swarm',
    services: { api: { command: 'x', retries: 'y' } },
  });
  const words = await run('config', 'check', '-c', path);
  assert.match(
    words.err,
    /retries: .*\n[^]*and asks for what is not in this version:\n {2}engine: the engine 'swarm' is not in this version/,
  );
  const json = await run('config', 'check', '-c', path, '--json');
  assert.deepEqual((JSON.parse(json.out) as { unbuilt: unknown }).unbuilt, [
    { path: 'engine', message: "the engine 'swarm' is not in this version" },
  ]);
});

test('config show prints what is meant, and never a secret', async (t) => {
  const path = configFile(t, {
    services: { api: { command: 'x', env: { A: { env: 'SECRET_OF_THIS_TEST' } } } },
  });
  process.env['SECRET_OF_THIS_TEST'] = 'hunter2';
  t.after(() => delete process.env['SECRET_OF_THIS_TEST']);
  const words = await run('config', 'show', '-c', path);
  assert.match(words.out, /^ {4}cooldown:|^ {6}cooldown:/m);
  const json = await run('config', 'show', '-c', path, '--json');
  const spec = JSON.parse(json.out) as { services: { api: { env: unknown } } };
  assert.deepEqual(spec.services.api.env, { A: { env: 'SECRET_OF_THIS_TEST' } });
  assert.ok(!`${words.out}${json.out}`.includes('hunter2'));
});

test('config alone says what there is to do', async () => {
  const { code, err } = await run('config');
  assert.equal(code, 2);
  assert.match(err, /check or show/);
});

test('init writes a configuration that is right, and never overwrites', async (t) => {
  for (const name of ['tidegate.config.ts', 'tidegate.config.js']) {
    const path = join(temporaryFolder(t), name);
    const first = await run('init', '-c', path);
    assert.equal(first.code, 0);
    assert.match(first.out, /^wrote /);
    const { out, err } = await run('config', 'check', '-c', path);
    assert.deepEqual([out, err], [`ok: ${path}`, '']);
    const second = await run('init', '-c', path, '--json');
    assert.equal(second.code, 2);
    assert.equal((JSON.parse(second.out) as { code: string }).code, 'FILE_EXISTS');
  }
});

test('what init writes obeys the environment', async (t) => {
  const path = join(temporaryFolder(t), 'tidegate.config.ts');
  assert.deepEqual(JSON.parse((await run('init', '-c', path, '--json')).out), { path });
  process.env['TIDEGATE_GATEWAY_PORT'] = '9000';
  process.env['TIDEGATE_ADMIN_PORT'] = '9001';
  process.env['TIDEGATE_MAX'] = '7';
  t.after(() => {
    delete process.env['TIDEGATE_GATEWAY_PORT'];
    delete process.env['TIDEGATE_ADMIN_PORT'];
    delete process.env['TIDEGATE_MAX'];
  });
  const { out } = await run('config', 'show', '-c', path, '--json');
  const { admin, gateway, services } = JSON.parse(out) as {
    admin: { port: number };
    gateway: { port: number };
    services: { app: { scale: { max: number } } };
  };
  assert.deepEqual([gateway.port, admin.port, services.app.scale.max], [9000, 9001, 7]);
});

test('init writes scripts only', async (t) => {
  const { code, err } = await run('init', '-c', join(temporaryFolder(t), 'a.json'));
  assert.equal(code, 2);
  assert.match(err, /ends in \.ts/);
});
