import assert from 'node:assert/strict';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ask, testBackend, testGateway } from '../../test/support/gateway.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { findHaproxy } from './haproxy.ts';

/** A HAProxy that judges configurations as told, for what the planner lets pass and HAProxy does not. */
async function contraryHaproxy(t: TestContext) {
  const folder = temporaryFolder(t);
  const { path } = await findHaproxy();
  const judge = join(folder, 'judge');
  const wrapper = join(folder, 'haproxy');
  writeFileSync(
    wrapper,
    `#!/bin/sh\n[ "$1" = -c ] && [ -e ${judge} ] && . ${judge}\nexec ${path} "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  const before = process.env['TIDEGATE_HAPROXY'];
  process.env['TIDEGATE_HAPROXY'] = wrapper;
  t.after(() => {
    if (before === undefined) delete process.env['TIDEGATE_HAPROXY'];
    else process.env['TIDEGATE_HAPROXY'] = before;
  });
  return {
    judge: (script: string) => writeFileSync(judge, `${script}\n`),
    relent: () => rmSync(judge),
  };
}

for (const [what, script, words] of [
  ['does not validate', 'echo "[ALERT]  (1) : config : not today" >&2; exit 1', /^not today$/],
  [
    'validates and then fails to load',
    'echo "nonsense" >> "$3"; exit 0',
    /unknown keyword 'nonsense'/,
  ],
] as const) {
  test(`a configuration that ${what} is refused in HAProxy's words; the last one serves on`, async (t) => {
    const haproxy = await contraryHaproxy(t);
    const gateway = await testGateway(t);
    const server = await testBackend(t, 'api-1');
    await gateway.start(gateway.state([server]));
    const file = join(gateway.folder, 'haproxy/haproxy.cfg');
    const good = readFileSync(file, 'utf8');

    haproxy.judge(script);
    const next = gateway.state([server], {}, { timeoutMs: 5_000 });
    const refused = await gateway.apply(next);
    assert.equal(refused.kind, 'refused');
    assert.match(refused.kind === 'refused' ? (refused.problems[0] ?? '') : '', words);
    assert.equal((await ask(gateway.port)).body, 'api-1');
    assert.equal(readFileSync(file, 'utf8'), good);
    assert.equal((await gateway.apply(gateway.state([]))).kind, 'runtime');

    haproxy.relent();
    assert.equal((await gateway.apply(next)).kind, 'reload');
    assert.equal((await ask(gateway.port)).body, 'api-1');
  });
}

test('a start that HAProxy refuses says why and leaves nothing', async (t) => {
  const haproxy = await contraryHaproxy(t);
  const gateway = await testGateway(t);
  haproxy.judge('echo "[ALERT]  (1) : config : not today" >&2; exit 1');
  const problem = { code: 'GATEWAY_REFUSED', message: /not today/ };
  await assert.rejects(gateway.start(gateway.state([])), problem);
  haproxy.judge('echo "nonsense" >> "$3"; exit 0');
  await assert.rejects(gateway.start(gateway.state([])), {
    code: 'GATEWAY_REFUSED',
    message: /unknown keyword 'nonsense'/,
  });
  assert.equal(gateway.pid(), null);
  haproxy.relent();
  await gateway.start(gateway.state([]));
  assert.equal((await ask(gateway.port, '/.tidegate/health')).status, 200);
});
