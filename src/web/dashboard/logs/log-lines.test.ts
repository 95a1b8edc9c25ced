import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  KEPT_LINES,
  NO_LINES,
  countText,
  createEntryReader,
  matching,
  withLines,
} from './log-lines.ts';

const entry = (text: string, replica = 'api-1') => ({ service: 'api', replica, text });

test('only the newest lines are kept, each with a key of its own', () => {
  const many = Array.from({ length: KEPT_LINES + 20 }, (_, index) => entry(`line ${index}`));
  const once = withLines(NO_LINES, many);
  assert.deepEqual([once.lines.length, once.came], [KEPT_LINES, KEPT_LINES + 20]);
  assert.deepEqual([once.lines[0]?.text, once.lines[0]?.key], ['line 20', 20]);
  const twice = withLines(once, [entry('one more')]);
  assert.equal(twice.lines.length, KEPT_LINES);
  assert.equal(twice.lines.at(-1)?.key, KEPT_LINES + 20);
  assert.equal(new Set(twice.lines.map(({ key }) => key)).size, KEPT_LINES);
});

test('lines are found by what they contain and by who wrote them', () => {
  const { lines } = withLines(NO_LINES, [entry('GET /a'), entry('get /b', 'api-2'), entry('POST')]);
  assert.equal(matching(lines, 'Get', null).length, 2);
  assert.equal(matching(lines, 'get', 'api-2').length, 1);
  assert.equal(matching(lines, '', null).length, 3);
});

test('how many are shown is said, and how many more came while it was paused', () => {
  assert.equal(countText(0, 0, 0), 'nothing was logged yet');
  assert.equal(countText(1, 1, 0), '1 line');
  assert.equal(countText(12, 500, 0), '12 of 500 lines');
  assert.equal(countText(500, 500, 1234), '500 lines, 1,234 more since it was paused');
});

test('entries are whole lines, wherever the stream was cut', () => {
  const read = createEntryReader();
  const text = `${JSON.stringify(entry('a'))}\n${JSON.stringify(entry('b'))}\n`;
  const found = text.split('').flatMap((letter) => read(letter));
  assert.deepEqual(found, [entry('a'), entry('b')]);
  assert.deepEqual(read(text), [entry('a'), entry('b')]);
});
