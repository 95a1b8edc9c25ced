import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { readConfigApart } from './read-config.ts';

/** However long a busy machine takes for it. */
const readApart = (path: string, signal?: AbortSignal): ReturnType<typeof readConfigApart> =>
  readConfigApart(path, signal, 60_000);

function written(t: TestContext, text: string, name = 'tidegate.config.ts'): string {
  const path = join(temporaryFolder(t), name);
  writeFileSync(path, text);
  return path;
}

const SERVICE = "services: { app: { command: 'node app.js' } }";

test('what was written and what was understood come back, read with our environment', async (t) => {
  process.env['TIDEGATE_TEST_NAME'] = 'from-the-environment';
  t.after(() => delete process.env['TIDEGATE_TEST_NAME']);
  const path = written(
    t,
    `console.log('hello');
     process.env.TIDEGATE_TEST_SET = 'by the file';
     export default { name: process.env.TIDEGATE_TEST_NAME, admin: undefined, ${SERVICE} };`,
  );
  const {
    configuration: { input, spec },
    set,
  } = await readApart(path);
  assert.deepEqual(set, { TIDEGATE_TEST_SET: 'by the file' });
  assert.deepEqual(input, {
    name: 'from-the-environment',
    services: { app: { command: 'node app.js' } },
  });
  assert.equal(spec.services['app']?.scale.max, 10);
  assert.equal(spec.gateway.port, 8080);
});

test('a file that is changed is read anew', async (t) => {
  const path = written(t, `export default { name: 'one', ${SERVICE} };`);
  assert.equal((await readApart(path)).configuration.spec.name, 'one');
  writeFileSync(path, `export default { name: 'two', ${SERVICE} };`);
  assert.equal((await readApart(path)).configuration.spec.name, 'two');
});

test('all that is wrong comes back as it was found', async (t) => {
  const path = written(t, "export default { services: { app: { comand: 'x' } }, nam: 1 };");
  await assert.rejects(readApart(path), (thrown: Error & { facts?: { errors?: unknown[] } }) => {
    assert.match(thrown.message, /comand/);
    assert.match(thrown.message, /nam/);
    assert.ok((thrown.facts?.errors?.length ?? 0) >= 2);
    return true;
  });
  const later = written(t, `export default { ${SERVICE}, engine: 'swarm' };`);
  await assert.rejects(readApart(later), { exitCode: 2 });
  const broken = written(t, 'export default {\n  services: {\n');
  await assert.rejects(readApart(broken), { code: 'CONFIG_SYNTAX', exitCode: 2 });
  const gone = join(temporaryFolder(t), 'tidegate.config.ts');
  await assert.rejects(readApart(gone), { code: 'CONFIG_MISSING', exitCode: 2 });
});

test('a file that ends its process takes nobody along', async (t) => {
  const path = written(t, "console.error('I give up');\nprocess.exit(3);");
  await assert.rejects(readApart(path), {
    code: 'CONFIG_ENDED',
    message: `${path} ended its process (exit code 3): I give up`,
    exitCode: 2,
  });
});

test('what a file leaves running does not keep who waits for it', async (t) => {
  const path = written(
    t,
    `import { spawn } from 'node:child_process';
     const { pid } = spawn('sleep', ['300'], { stdio: 'inherit', detached: true });
     console.error(pid);
     process.exit(3);`,
  );
  const { message } = await readApart(path).then(
    () => assert.fail('it was read'),
    (thrown: Error) => thrown,
  );
  const pid = Number(/: (\d+)$/.exec(message)?.[1]);
  assert.ok(process.kill(pid, 'SIGKILL'), message);
});

test('a file that never ends is given up', async (t) => {
  const path = written(t, 'for (;;);');
  await assert.rejects(readConfigApart(path, undefined, 500), { code: 'CONFIG_TIMEOUT' });
});

test('a reading nobody waits for any more is ended', async (t) => {
  const path = written(t, 'for (;;);');
  const leave = new AbortController();
  const reading = readApart(path, leave.signal);
  leave.abort();
  await assert.rejects(reading, { name: 'TidegateError' });
});
