import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { lastLines, linesBetween, type FileLine } from './log-lines.ts';

/** Some lines, empty ones and such with several bytes a letter, repeated until they cross the chunks of a reader. */
const content = fc
  .record({
    lines: fc.array(fc.oneof(fc.constantFrom('', 'é', '日本', 'x'.repeat(999)), fc.string()), {
      minLength: 1,
      maxLength: 6,
    }),
    repeat: fc.constantFrom(1, 2, 40),
    closed: fc.boolean(),
  })
  .map(({ lines, repeat, closed }) => {
    const clean = lines.map((line) => line.replaceAll(/[\r\n]/g, ' '));
    const all = Array.from({ length: repeat }, () => clean).flat();
    return all.join('\n') + (closed ? '\n' : '');
  });

async function all(lines: AsyncIterable<FileLine>): Promise<readonly FileLine[]> {
  const found: FileLine[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

const expected = (text: string): readonly string[] => {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

test('forwards and backwards, every line is given once and knows where it ends', async (t) => {
  const path = join(temporaryFolder(t), 'log');
  await fc.assert(
    fc.asyncProperty(content, fc.nat(50), async (text, count) => {
      writeFileSync(path, text);
      const size = Buffer.byteLength(text);
      const forwards = await all(linesBetween(path, 0, size, true));
      assert.deepEqual(
        forwards.map((line) => line.text),
        expected(text),
      );
      assert.equal(forwards.at(-1)?.end ?? 0, size);
      const backwards = await lastLines(path, size, count, () => true);
      assert.deepEqual(backwards, count === 0 ? [] : forwards.slice(-count));
      const whole = await all(linesBetween(path, 0, size, false));
      assert.equal(whole.length, text.split('\n').length - 1, 'a line without its end waits');
    }),
    { numRuns: 150 },
  );
});

test('a line without end is given in pieces, whichever way it is read', async (t) => {
  const path = join(temporaryFolder(t), 'log');
  const size = 300 * 2 ** 10;
  writeFileSync(path, 'x'.repeat(size));
  const forwards = await all(linesBetween(path, 0, size, false));
  assert.ok(forwards.length >= 3 && forwards.every(({ text }) => text.length <= 2 ** 17));
  const backwards = await lastLines(path, size, 100, () => true);
  assert.equal(backwards.map(({ text }) => text).join('').length, size);
});
