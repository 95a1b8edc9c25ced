import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from '../../../test/support/property.ts';
import { TidegateError } from '../../kit/errors.ts';
import { readTraceFile } from './trace-reader.ts';
import { MOST_STEPS } from './trace-steps.ts';

const HEADING = 't_seconds,requests_per_second';
const folder = mkdtempSync(join(tmpdir(), 'tidegate-trace-'));
after(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'trace.csv');
  writeFileSync(path, text);
  return path;
}

test('a trace is read with its step, whatever its line ends, with a mark at its beginning and more columns', async () => {
  const { trace, filledIn } = await readTraceFile(
    file(`\uFEFF${HEADING},note\r\n100,1,a\r\n160,2.5,"b, c"\r\n\r\n220,0,\r\n`),
    'own',
  );
  assert.deepEqual(trace, { name: 'own', stepMs: 60_000, rps: Float64Array.of(1, 2.5, 0) });
  assert.equal(filledIn, 0);
});

test('a pipe that nobody may ever write to is not waited for', async () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  await assert.rejects(readTraceFile(path, 'x'), /pipe cannot be played: .*is a pipe/);
});

test('what is packed is said to be, with what unpacks it', async () => {
  const path = join(folder, 'trace.csv.gz');
  writeFileSync(path, gzipSync(`${HEADING}\n0,1\n60,2\n`));
  const refused = await readTraceFile(path, 'x').catch((thrown: unknown) => thrown);
  assert.ok(refused instanceof TidegateError);
  assert.match(refused.message, /gz cannot be played: it is packed/);
  assert.match(refused.hint ?? '', /zcat/);
});

test('missing steps are bridged with a straight line, a few of them', async () => {
  const { trace, filledIn } = await readTraceFile(file(`${HEADING}\n0,1\n5,2\n20,8\n25,0`), 'gap');
  assert.deepEqual([...trace.rps], [1, 2, 4, 6, 8, 0]);
  assert.equal(trace.stepMs, 5_000);
  assert.equal(filledIn, 2);
});

test('steps that are rounded in the file are of one length', async () => {
  const lines = Array.from({ length: 3_000 }, (_, step) => `${(step / 3).toFixed(2)},1`);
  const { trace, filledIn } = await readTraceFile(file([HEADING, ...lines].join('\n')), 'thirds');
  assert.deepEqual([trace.rps.length, filledIn], [3_000, 0]);
  assert.ok(Math.abs(trace.stepMs - 1_000 / 3) < 0.01, `${trace.stepMs}`);
});

test('what is no trace is refused with the line', async () => {
  const refused: [string, RegExp][] = [
    ['', /it is empty/],
    ['0,1\n60,2\n', /line 1 is not 't_seconds/],
    [`${HEADING}\n0,1\n`, /fewer than two/],
    [`${HEADING}\n0,1\n60,x\n`, /line 3 is not two numbers/],
    [`${HEADING}\n0,1\n60,NaN\n`, /line 3 is not two numbers/],
    [`${HEADING}\n0,1\n60,Infinity\n`, /line 3 is not two numbers/],
    [`${HEADING}\n0,1\n60,1,1\n`, /line 3 is not two numbers/],
    [`${HEADING}\n0,1\n60,-1\n`, /line 3 has a rate below 0/],
    [`${HEADING}\n0,1\n60,1e300\n`, /line 3 has a rate above/],
    [`${HEADING}\n0,1\n60,1\n60,1\n`, /line 4 is not later than 60 s/],
    [`${HEADING}\n0,1\n60,1\n30,1\n`, /line 4 is not later than 60 s/],
    [
      `${HEADING}\n0,1\n60,1\n90,1\n`,
      /line 4 is 30 s after the one before, where the step is 60 s/,
    ],
    [`${HEADING}\n0,1\n60,1\n150,1\n`, /line 4 is 90 s after/],
    [`${HEADING}\n0,1\n1,1\n13,1\n`, /line 4 comes after a gap of 11 steps/],
    [`${HEADING}\n0,1\n1,1\n1e15,1\n`, /line 4 comes after a gap of/],
    ['x'.repeat(200_000), /line 1 is longer than/],
  ];
  for (const [text, message] of refused) {
    await assert.rejects(
      readTraceFile(file(text), 'bad'),
      { code: 'BAD_TRACE', exitCode: 2, message },
      text.slice(0, 100),
    );
  }
  await assert.rejects(readTraceFile(join(folder, 'none.csv'), 'none'), { code: 'ENOENT' });
});

test('a file of many megabytes is read in pieces, tells how far it is, and can be interrupted', async () => {
  const lines = Array.from({ length: 300_000 }, (_, step) => `${step},${step % 7}.25`);
  const path = file([HEADING, ...lines].join('\r\n'));
  const told: number[] = [];
  const { trace } = await readTraceFile(path, 'long', { onProgress: (done) => told.push(done) });
  assert.equal(trace.rps.length, 300_000);
  assert.equal(trace.rps[299_999], (299_999 % 7) + 0.25);
  assert.ok(told.length > 10);
  assert.equal(told.at(-1), 1);
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
  );

  const interrupt = new AbortController();
  const reading = readTraceFile(path, 'long', {
    signal: interrupt.signal,
    onProgress: () => interrupt.abort(new Error('enough')),
  });
  await assert.rejects(reading, { name: 'AbortError' });
});

test('any trace that is written is read again, and no damage of it is taken for another trace', async () => {
  const traces = fc.record({
    startS: fc.integer({ min: 0, max: 2_000_000_000 }),
    stepS: fc.constantFrom(0.5, 1, 5, 60, 900),
    rates: fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 3, maxLength: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(traces, fc.nat(), async ({ startS, stepS, rates }, damage) => {
      const lines = rates.map((rate, step) => `${startS + step * stepS},${rate / 100}`);
      const { trace } = await readTraceFile(file([HEADING, ...lines].join('\n')), 'any');
      assert.deepEqual(
        [...trace.rps],
        rates.map((rate) => rate / 100),
      );
      assert.equal(trace.stepMs, stepS * 1_000);

      // Two neighbours change places: never two in order, whichever they are.
      const at = damage % (lines.length - 1);
      [lines[at], lines[at + 1]] = [lines[at + 1] as string, lines[at] as string];
      await assert.rejects(readTraceFile(file([HEADING, ...lines].join('\n')), 'any'), {
        code: 'BAD_TRACE',
      });
    }),
    { numRuns: 50 },
  );
});

test('whatever bytes a file has, it is a trace or it is refused in words', async () => {
  const cells = fc.oneof(fc.string(), fc.double().map(String), fc.constant('1'));
  const rows = fc.array(fc.array(cells, { maxLength: 4 }).map((row) => row.join(',')));
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), async (lines, headed) => {
      const text = [...(headed ? [HEADING] : []), ...lines].join('\n');
      const read = await readTraceFile(file(text), 'any').catch((thrown: unknown) => thrown);
      if (read instanceof Error)
        return assert.equal((read as { code?: unknown }).code, 'BAD_TRACE');
      const { trace } = read as Awaited<ReturnType<typeof readTraceFile>>;
      assert.ok(trace.stepMs > 0 && trace.rps.length >= 2 && trace.rps.length <= MOST_STEPS);
      assert.ok(trace.rps.every((rate) => rate >= 0));
    }),
    { numRuns: 80 },
  );
});
