import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShortLives } from './short-lives.ts';

const lived = (startedAt: number, revision = 'a') => ({
  service: 'api',
  revision,
  startedAt,
  readyAt: startedAt,
});

test('the third short life in a row of one revision is told, with how often and for how long', () => {
  const lives = createShortLives();
  assert.equal(lives.ended(lived(0), 4_000), null);
  assert.equal(lives.ended(lived(4_000), 8_000), null);
  assert.equal(lives.ended(lived(8_000), 12_000), '3 times in the last 8 s');
  assert.equal(lives.ended(lived(12_000), 16_000), '4 times in the last 12 s');
  assert.equal(lives.ended(lived(16_000, 'b'), 20_000), null, 'another revision');
});

test('those that ran side by side count as one in the row', () => {
  const lives = createShortLives();
  for (const at of [4_000, 4_001, 4_002, 4_003]) assert.equal(lives.ended(lived(0), at), null);
});

test('one that served longer, or a pause, ends nothing and begins nothing', () => {
  const lives = createShortLives();
  lives.ended(lived(0), 4_000);
  lives.ended(lived(4_000), 8_000);
  assert.equal(lives.ended(lived(8_000), 100_000), null, 'it served for a minute and a half');
  assert.equal(lives.ended(lived(300_000), 301_000), null, 'long ago');
  lives.ended(lived(301_000), 302_000);
  lives.forgive('api');
  assert.equal(lives.ended(lived(302_000), 303_000), null);
});
