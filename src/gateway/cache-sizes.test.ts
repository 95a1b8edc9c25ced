import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCacheSizes, parseCaches } from './cache-sizes.ts';

const SHOWN = `0x7f1: route-1 (shctx:0x7f0, available blocks:65536)
0x7f2 hash:41 vary:0x0000000000000000 size:533 (1 blocks), refcount:0, expire:30
0x7f3 hash:42 vary:0x0001000000000000 size:5330 (6 blocks), refcount:0, expire:7
0x8f1: route-12 (shctx:0x8f0, available blocks:1024)
`;

test('what a cache holds is the sum of its blocks', () => {
  assert.deepEqual(Object.fromEntries(parseCaches(SHOWN)), { 'route-1': 7 * 1024, 'route-12': 0 });
});

test('the caches are looked at now and then, the more seldom the longer it takes', async () => {
  let now = 0;
  let asked = 0;
  let takesMs = 2;
  const runtime = {
    ask: async () => {
      asked++;
      now += takesMs;
      return SHOWN;
    },
  };
  const sizes = createCacheSizes(() => now);
  const lookFor = async (ms: number): Promise<void> => {
    for (const end = now + ms; now < end; now += 1000) await sizes.look(runtime);
  };
  await lookFor(60_000);
  assert.ok(asked >= 10 && asked <= 13, `${asked}`);
  [asked, takesMs] = [0, 400];
  await lookFor(120_000);
  assert.ok(asked >= 2 && asked <= 4, `${asked}`);
});

test('a look that fails is not tried again at once', async () => {
  let asked = 0;
  const runtime = {
    ask: async () => {
      asked++;
      throw new Error('silent');
    },
  };
  const sizes = createCacheSizes(() => 1);
  await assert.rejects(sizes.look(runtime));
  assert.equal(await sizes.look(runtime), null);
  assert.equal(asked, 1);
});
