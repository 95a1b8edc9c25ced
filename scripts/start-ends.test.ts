import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { shopClone, startShop } from '../test/support/shop-clone.ts';
import { until } from '../test/support/until.ts';
import { stateFolder } from '../src/state/folder.ts';
import { findControl } from '../src/web/client.ts';

test('Ctrl-C in the middle of the load stops everything, in order', async (t) => {
  const clone = shopClone(t);
  const { child, ended, said } = await startShop(t, clone, ['--seconds', '600']);
  await until('the load has begun', () => said().includes('seconds of load'), 60_000);
  child.kill('SIGINT');
  const [code] = await ended;
  assert.equal(code, 0, said());
  assert.match(said(), /Stopped after/);
  assert.equal(await findControl(clone.shop), null);
});

test('Ctrl-C before anything is ready stops it too', async (t) => {
  const clone = shopClone(t);
  const { child, ended, said } = await startShop(t, clone, []);
  const isUp = async (): Promise<boolean> => (await findControl(clone.shop)) !== null;
  await until('the control plane is up', isUp, 60_000);
  child.kill('SIGINT');
  await ended;
  assert.equal(await findControl(clone.shop), null, said());
});

test('when whoever read its output has gone, the shop does not stay behind alone', async (t) => {
  const clone = shopClone(t);
  const { child, said } = await startShop(t, clone, ['--seconds', '600']);
  await until('it has begun', () => said().includes('Starting'), 60_000);
  child.stdout?.destroy();
  await until('it has ended', () => child.exitCode !== null, 90_000);
  assert.ok(existsSync(stateFolder(clone.shop).database), 'it was up');
  assert.equal(await findControl(clone.shop), null);
});
