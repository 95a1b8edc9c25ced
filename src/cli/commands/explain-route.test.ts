import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../../../test/support/command.ts';
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
