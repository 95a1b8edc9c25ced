import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import type { KnownModel } from '../../lab/backtest/model-of.ts';
import { SHIPPED_TRACES, shippedPath } from '../../lab/backtest/shipped-traces.ts';
import { readTraces } from './read-traces.ts';
import type { ReadTraces } from './read-traces.ts';

const { signal } = new AbortController();

/** A trace of minutes with these rates, or with this text. */
function read(
  folder: string,
  rates: readonly number[] | string,
  { multiply = 1, known = {} }: { multiply?: number; known?: KnownModel } = {},
): Promise<ReadTraces> {
  const path = join(folder, 'x.csv');
  const rows =
    typeof rates === 'string'
      ? rates
      : rates.map((rps, index) => `${index * 60},${rps}\n`).join('');
  writeFileSync(path, `t_seconds,requests_per_second\n${rows}`);
  return readTraces([{ name: 'x', path, origin: path, multiply }], [known], {
    signal,
    tickMs: 1_000,
  });
}

test('the model has room for four times what the peak needs, unless something else is known', async (t) => {
  const folder = temporaryFolder(t);
  const {
    traces: [trace],
    warnings,
  } = await read(folder, [10, 100], { multiply: 4 });
  // 400/s, 20/s each.
  assert.deepEqual([trace?.model.min, trace?.model.max, warnings], [1, 80, []]);
  const known = await read(folder, [10, 1_000], { known: { max: 60, min: 3 } });
  assert.deepEqual([known.traces[0]?.model.min, known.traces[0]?.model.max], [3, 60]);
});

test('a tick is what was asked for, or follows from the length of the trace', async () => {
  const taxi = SHIPPED_TRACES.find(({ name }) => name === 'taxi');
  assert.ok(taxi);
  const file = { name: 'taxi', path: shippedPath(taxi), origin: '', multiply: 50 };
  const tickOf = async (tickMs: number | null) =>
    (await readTraces([file], [], { signal, tickMs })).traces[0]?.tickMs;
  assert.deepEqual([await tickOf(null), await tickOf(1_000)], [5_000, 1_000]);
});

test('what makes a comparison say little is told', async (t) => {
  const folder = temporaryFolder(t);
  const warnings = async (
    ...given: Parameters<typeof read> extends [string, ...infer R] ? R : []
  ) => (await read(folder, ...given)).warnings.join('\n');
  assert.match(await warnings([0.1, 2]), /one replica carries the peak of 2\/s.*--multiply 200 /);
  assert.match(await warnings([0, 0]), /nobody asks/);
  assert.match(
    await warnings([1, 1_000], { known: { max: 10 } }),
    /needs 50 .* maximum is 10; --max/,
  );
  assert.match(await warnings([1, 1_000], { known: { min: 9, max: 9 } }), /both 9/);
  assert.match(await warnings('0,50\n60,50\n180,50\n240,90\n'), /1 step is missing/);
});

test('what cannot be replayed is refused before anything is', async (t) => {
  const folder = temporaryFolder(t);
  const refused = (
    problem: RegExp,
    ...given: Parameters<typeof read> extends [string, ...infer R] ? R : []
  ) =>
    assert.rejects(read(folder, ...given), (thrown: Error & { exitCode?: number }) => {
      assert.match(thrown.message, problem);
      assert.equal(thrown.exitCode, 2);
      return true;
    });
  await refused(/would need 5,000,000 replicas/, [1, 100], { multiply: 1e6 });
  await refused(/minimum of 5 replicas is above the maximum of 4/, [1, 100], {
    known: { min: 5, max: 4 },
  });
  await refused(/years|d .*ticks are not replayed/, '0,50\n400000000,50\n');
  await refused(/lasts 200 ms, less than a tick of 1 s/, '0,50\n0.1,50\n');
  await refused(/x\.csv .*line 3 has a rate below 0/, [1, -1]);
  const missing = { name: 'x', path: join(folder, 'gone.csv'), origin: '', multiply: 1 };
  const folderItself = { ...missing, path: folder };
  const open = (file: typeof missing) => readTraces([file], [], { signal, tickMs: 1_000 });
  await assert.rejects(open(missing), /gone\.csv cannot be read: there is no such file/);
  await assert.rejects(open(folderItself), /cannot be read: it is a folder/);
});
