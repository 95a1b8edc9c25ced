import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScreen } from './screen.ts';

function scene(rows: number) {
  const written: string[] = [];
  const write = (text: string): boolean => written.push(text) > 0;
  const screen = createScreen({ write, columns: 80, rows });
  return { screen, written };
}

test('the second picture is drawn over the first', () => {
  const { screen, written } = scene(24);
  screen.draw(['a', 'b', 'c']);
  screen.draw(['d']);
  assert.ok(written.at(-1)?.includes('\u001b[3A\r'));
  screen.draw(['e']);
  assert.ok(written.at(-1)?.includes('\u001b[1A\r'));
});

test('more lines than the terminal has are not drawn: they could not be drawn over', () => {
  const { screen, written } = scene(3);
  screen.draw(['a', 'b', 'c', 'd']);
  assert.equal(written.at(-1)?.split('\n').length, 3);
});

test('a terminal that does not know its size is drawn on all the same', () => {
  const { screen, written } = scene(0);
  screen.draw(['a', 'b', 'c']);
  assert.equal(written.at(-1)?.split('\n').length, 4);
});

test('a line wider than the terminal stays one line: wrapping is off while it draws, and on again after', () => {
  const { screen, written } = scene(24);
  screen.draw(['x'.repeat(500)]);
  const drawn = written.at(-1) ?? '';
  assert.ok(drawn.startsWith('\u001b[?7l') && drawn.endsWith('\u001b[?7h'));
  assert.ok(drawn.includes('x'.repeat(500)));
});

test('the cursor is hidden while it runs and given back', () => {
  const { screen, written } = scene(24);
  assert.equal(written[0], '\u001b[?25l');
  screen.close();
  assert.equal(written.at(-1), '\u001b[?25h');
});
