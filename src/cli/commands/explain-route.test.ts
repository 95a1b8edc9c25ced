import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../../../test/support/command.ts';
import { view } from '../../../test/support/fake-control.ts';
import { folderOf, startFakeWeb } from '../../../test/support/fake-web.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { register } from './explain.ts';

test('each rule is shown with the line of the file that it comes from and those of HAProxy', async (t) => {
  const file = join(temporaryFolder(t), 'tidegate.config.ts');
  writeFileSync(
    file,
    [
      'export default {',
      '  gateway: { routes: [',
      "    { path: '/a/*', service: 'api',",
      "      rateLimit: { per: 'ip', requests: Number('5'), window: '1s' } },",
      "    { path: '/*', service: 'api' },",
      '  ] },',
      "  services: { api: { command: 'node x.js' } },",
      '};',
    ].join('\n'),
  );
  const explain = (...args: string[]): ReturnType<typeof runCommand> =>
    runCommand(register, ['explain', 'route', ...args, '-c', file]);

  const { code, out } = await explain('GET', '/a/b');
  assert.equal(code, 0);
  const text = out.join('\n');
  assert.match(text, /^api by the route \/a\/\*\n {2}✓ \/a\/\*: everything/);
  assert.match(
    text,
    /\d\. the client's address may send 5 in 1 s, else 429\n {3}tidegate\.config\.ts:4 {2}gateway\.routes\[0\]\.rateLimit\n {5}\S/,
  );
  assert.match(text, /tidegate\.config\.ts:3 {2}gateway\.routes\[0\]\.timeout \(default\)\n/);

  const told = JSON.parse((await explain('GET', '/a/b', '--json')).out[0] as string) as {
    readonly kind: string;
    readonly rules: readonly Readonly<Record<string, unknown>>[];
  };
  assert.equal(told.kind, 'route');
  const limit = told.rules.find(({ key }) => key === 'gateway.routes[0].rateLimit');
  assert.deepEqual(Object.keys(limit ?? {}), ['text', 'key', 'file', 'line', 'lines']);
  assert.deepEqual([limit?.['file'], limit?.['line']], [file, 4]);

  assert.deepEqual((await explain('GET', '/%61/b')).out, [
    'The gateway answers 400: some services read /%61/b as another path (gateway.paths).',
  ]);
  assert.deepEqual((await explain('TRACE', '/')).out, [
    'The gateway answers 405: nothing passes with TRACE.',
  ]);
});

test('what the gateway answers itself stands first: the redirect of plain HTTP, then a preflight', async (t) => {
  const file = join(temporaryFolder(t), 'tidegate.config.json');
  const gateway = {
    tls: { cert: 'c.pem', key: 'k.pem', port: 8443, redirect: true },
    routes: [{ path: '/a/*', service: 'api', cors: { origins: ['https://a.test'] } }],
  };
  writeFileSync(file, JSON.stringify({ gateway, services: { api: { command: 'x' } } }));
  const explain = async (method: string, url: string): Promise<string> => {
    const asks = ['-H', 'origin: https://a.test', '-H', 'access-control-request-method: GET'];
    const args = ['route', method, url, ...asks, '-c', file];
    return (await runCommand(register, ['explain', ...args])).out.join('\n');
  };
  const redirect =
    /^The gateway answers 308, to HTTPS, port 8443; there it is api by the route \/a\/\*\n/;
  for (const url of ['/a/b', 'http://shop.test/a/b']) {
    for (const method of ['GET', 'OPTIONS']) {
      const told = await explain(method, url);
      assert.match(told, redirect);
      assert.match(told, /\d\. over plain HTTP the answer is a redirect to HTTPS/);
    }
  }
  const preflight = await explain('OPTIONS', 'https://shop.test/a/b');
  assert.match(preflight, /^The gateway answers 204 itself, to a preflight for api by the route /);
  assert.doesNotMatch(preflight, /redirect/);
  assert.match(await explain('GET', 'https://shop.test/a/b'), /^api by the route /);
});

test('it is said where what runs is not what the file says', async (t) => {
  const web = await startFakeWeb(t);
  const folder = folderOf(t, web);
  const file = join(folder, 'tidegate.config.json');
  writeFileSync(file, JSON.stringify({ services: { api: { command: 'x' } } }));
  const explain = async (): Promise<readonly string[]> =>
    (await runCommand(register, ['explain', 'route', 'GET', '/', '-c', file])).out;
  assert.doesNotMatch((await explain()).join(), /in force/);
  web.control.current = view({ drift: { keys: ['gateway.routes'], problem: null } });
  assert.equal(
    (await explain())[1],
    'not all of this is in force: the configuration file differs: gateway.routes; `tidegate deploy` applies it',
  );
});
