import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { test } from 'node:test';
import { lookupOnce } from './lookup-once.ts';

const ADDRESS: LookupAddress = { address: '10.0.0.1', family: 4 };

test('many who ask at once are one question, and its answer holds', async () => {
  const questions: ((error: Error | null, addresses: LookupAddress[]) => void)[] = [];
  const lookup = lookupOnce((_, __, told) => void questions.push(told));
  const ask = () =>
    new Promise((resolve) =>
      lookup('a.example', {}, (error, address) => resolve(error ?? address)),
    );
  const asked = [ask(), ask(), ask()];
  assert.equal(questions.length, 1);
  questions[0]?.(null, [ADDRESS]);
  assert.deepEqual(await Promise.all(asked), ['10.0.0.1', '10.0.0.1', '10.0.0.1']);
  assert.equal(await ask(), '10.0.0.1');
  assert.equal(questions.length, 1);
});

test('what failed is told to all who asked, and asked anew', async () => {
  let questions = 0;
  const lookup = lookupOnce((_, __, told) => {
    questions++;
    setImmediate(() => told(questions === 1 ? new Error('away') : null, [ADDRESS]));
  });
  const ask = () =>
    new Promise((resolve) =>
      lookup('a.example', { all: true }, (error, addresses) =>
        resolve(error?.message ?? addresses),
      ),
    );
  assert.deepEqual(await Promise.all([ask(), ask()]), ['away', 'away']);
  assert.deepEqual(await ask(), [ADDRESS]);
  assert.equal(questions, 2);
});

test('localhost is both addresses of this machine, and nobody is asked', async () => {
  const lookup = lookupOnce(() => assert.fail('asked'));
  const addresses = await new Promise((resolve) =>
    lookup('localhost', { all: true }, (_, found) => resolve(found)),
  );
  assert.deepEqual(addresses, [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);
});
