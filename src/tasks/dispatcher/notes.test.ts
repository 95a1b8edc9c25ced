import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import type { Claimed } from '../store/claim.ts';
import type { Queryable } from '../store/open.ts';
import { createTally } from '../tally.ts';
import { createNotes } from './notes.ts';

const claim = (startedAt: string): Claimed => ({
  id: 'a',
  queue: 'mail',
  attempt: 1,
  failures: 0,
  postponements: 0,
  breaks: 0,
  retries: 5,
  timeoutMs: 1000,
  method: 'POST',
  path: '/',
  headers: {},
  body: null,
  bodyBytes: 0,
  subject: null,
  waitedMs: 0,
  startedAt,
});

test('what was given back and is claimed again before that is answered is held', async () => {
  let answer = (): void => assert.fail();
  let asked = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const query = async (): Promise<object> => {
    asked();
    await new Promise<void>((resolve) => (answer = resolve));
    return { rows: [{ id: 'a' }] };
  };
  const notes = createNotes({
    db: { query } as unknown as Queryable,
    holder: 'h',
    tally: createTally(),
    clock: systemClock,
    log: silentLog,
  });
  const first = claim('1');
  notes.hold([first]);
  notes.giveBack([first]);
  await isAsked;
  notes.hold([claim('2')]);
  answer();
  await notes.empty();
  assert.deepEqual(notes.held(), ['a']);
});
