import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { runHaproxy } from './fixtures/haproxy.ts';
import { gatewayState, service } from './fixtures/states.ts';

test('where nobody listens HAProxy does not wear itself out trying, and finds whoever comes', async (t) => {
  const haproxy = await runHaproxy(t, gatewayState([service()]), { listens: false });
  const connections = async (): Promise<number> =>
    Number(/CumConns: (\d+)/.exec(await haproxy.tell('show info'))?.[1]);
  assert.equal((await fetch(haproxy.url)).status, 503);
  const before = await connections();
  const since = performance.now();
  await until('a while has passed', () => performance.now() - since > 1_500);
  // Our own question is one; a ring without the relay makes thousands.
  assert.ok((await connections()) - before < 20, `${(await connections()) - before} connections`);

  await haproxy.listen();
  await until('a line arrives', async () => {
    await fetch(haproxy.url);
    return haproxy.lines.length > 0;
  });
  assert.equal(haproxy.lines[0]?.['status'], 503);
});
