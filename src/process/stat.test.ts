import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { holdsOn, isRunning, parseStat, programOf, readStat } from './stat.ts';

const tick = fc.nat();

test('any program name, brackets and newlines included, leaves the numbers where they belong', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.oneof(fc.string(), fc.constantFrom(') S 1 2 3', '((', '))', 'a b) R', '\n', ') (', '')),
      fc.constantFrom('R', 'S', 'D', 'Z', 'T', 'I'),
      fc.array(tick, { minLength: 49, maxLength: 49 }),
      (pid, name, state, numbers) => {
        const field = (number: number): number => numbers[number - 4] as number;
        assert.deepEqual(parseStat(`${pid} (${name}) ${state} ${numbers.join(' ')}\n`), {
          pid,
          state,
          parentPid: field(4),
          groupId: field(5),
          sessionId: field(6),
          ownTicks: field(14) + field(15),
          childTicks: field(16) + field(17),
          threads: field(20),
          startTicks: field(22),
          residentPages: field(24),
        });
      },
    ),
  );
});

test('text that is no stat line gives nothing, never a half-read process', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const stat = parseStat(text);
      assert.ok(stat === undefined || Object.values(stat).every((value) => !Number.isNaN(value)));
    }),
  );
  const line = `7 (a) S ${Array.from({ length: 49 }, (_, index) => index).join(' ')}`;
  assert.ok(parseStat(line));
  assert.equal(parseStat(line.slice(0, 30)), undefined, 'cut short');
});

test('our own line agrees with what Node says of us', () => {
  const stat = readStat(process.pid);
  assert.equal(stat?.pid, process.pid);
  assert.equal(stat?.parentPid, process.ppid);
  assert.ok(stat.residentPages > 1000);
  assert.equal(readStat(2 ** 30), undefined);
});

test('a zombie has ended, but holds what it had while a thread of it is left', () => {
  const zombie = (threads: number) => {
    const rest = Array.from({ length: 49 }, (_, index) => (index + 4 === 20 ? threads : 1));
    return parseStat(`7 (a) Z ${rest.join(' ')}`);
  };
  assert.ok(!isRunning(zombie(2)));
  assert.ok(holdsOn(zombie(2)));
  assert.ok(!holdsOn(zombie(1)));
  assert.ok(holdsOn(readStat(process.pid)));
  assert.ok(!holdsOn(undefined));
});

test('a program goes by the name it was called', () => {
  assert.equal(programOf(process.pid), basename(process.argv0));
  assert.equal(programOf(2 ** 22), '');
});
