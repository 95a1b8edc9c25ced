import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service, view } from '../../../test/support/fake-control.ts';
import { runCommand } from '../../../test/support/command.ts';
import { folderOf, startFakeWeb } from '../../../test/support/fake-web.ts';
import { register as registerPause } from './pause.ts';
import { register as registerResume } from './resume.ts';
import { register as registerScale } from './scale.ts';

test('scale takes a count, more, fewer and auto', async (t) => {
  const web = await startFakeWeb(t);
  const where = ['-c', `${folderOf(t, web)}/tidegate.config.ts`];
  const scale = (...args: string[]) => runCommand(registerScale, ['scale', ...args, ...where]);
  assert.deepEqual((await scale('api', '5')).out, [
    'api is held at 5 replicas; `tidegate scale api auto` lets go.',
  ]);
  assert.deepEqual((await scale('api', '-2')).out, [
    'api is held at 1 replica; `tidegate scale api auto` lets go.',
  ]);
  assert.deepEqual(JSON.parse((await scale('api', '+1', '--json')).out[0] as string), {
    service: 'api',
    desired: 4,
    pinned: 4,
  });
  assert.deepEqual((await scale('api', 'auto')).out, [
    'api follows its policy again, from 3 replicas.',
  ]);
  assert.deepEqual(
    web.control.asked.map((call) => (call as unknown[])[2]),
    [
      { kind: 'absolute', count: 5 },
      { kind: 'relative', count: -2 },
      { kind: 'relative', count: 1 },
      { kind: 'auto' },
    ],
  );
});

test('a count outside min and max, no count at all, and an unknown service end with 2', async (t) => {
  const web = await startFakeWeb(t);
  const where = ['-c', `${folderOf(t, web)}/tidegate.config.ts`];
  const cases = [
    [['api', '11'], /cannot have 11 replicas/, 'OUT_OF_RANGE'],
    [['api', '-9'], /cannot have -6 replicas/, 'OUT_OF_RANGE'],
    [['api', 'lots'], /"lots" is no count/, 'BAD_COUNT'],
    [['api', '--lots'], /"--lots" is no count/, 'BAD_COUNT'],
    [['nobody', '1'], /no service named "nobody"/, 'UNKNOWN_SERVICE'],
  ] as const;
  for (const [args, words, problem] of cases) {
    const plain = await runCommand(registerScale, ['scale', ...args, ...where]);
    assert.equal(plain.code, 2, args.join(' '));
    assert.match(plain.err[0] as string, words);
    const json = await runCommand(registerScale, ['scale', ...args, '--json', ...where]);
    assert.equal(json.code, 2);
    assert.equal((JSON.parse(json.out[0] as string) as { code: string }).code, problem);
  }
});

test('pause and resume say how to undo them', async (t) => {
  const web = await startFakeWeb(t);
  const where = ['-c', `${folderOf(t, web)}/tidegate.config.ts`];
  const paused = await runCommand(registerPause, ['pause', 'api', ...where]);
  assert.deepEqual(paused.out, ['api is paused; `tidegate resume api` goes on.']);
  const resumed = await runCommand(registerResume, ['resume', 'api', '--json', ...where]);
  assert.deepEqual(JSON.parse(resumed.out[0] as string), { service: 'api', paused: false });
  assert.deepEqual(web.control.asked, [
    ['pause', 'api'],
    ['resume', 'api'],
  ]);
});

test('resume says whether the service scales again or is still held', async (t) => {
  const web = await startFakeWeb(t);
  const args = ['resume', 'api', '-c', `${folderOf(t, web)}/tidegate.config.ts`];
  assert.deepEqual((await runCommand(registerResume, args)).out, ['api scales again.']);
  web.control.current = view({ services: [service({ pinned: 3 })] });
  assert.deepEqual((await runCommand(registerResume, args)).out, [
    'api is no longer paused, but still held at 3; `tidegate scale api auto` lets go.',
  ]);
});
