import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claimed } from '../store/claim.ts';
import type { Queryable } from '../store/open.ts';
import { createBodies } from './bodies.ts';
import type { Delivered } from './deliver.ts';

const task = (id: string, bodyBytes: number, body: Buffer | null = null): Claimed => ({
  id,
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
  body,
  bodyBytes,
  subject: null,
  waitedMs: 0,
  startedAt: '',
});

/** Answers with as many bytes as are asked for. */
const db = (part: () => Buffer | null): Queryable =>
  ({ query: async () => ({ rows: [{ part: part() }] }) }) as unknown as Queryable;

const fine: Delivered = { reply: { kind: 'timeout', timeoutMs: 1 }, result: null };

test('so many bytes are held at once, in turn; a larger one goes alone, and small ones wait for nobody', async () => {
  const bodies = createBodies(
    db(() => Buffer.alloc(1000)),
    2000,
  );
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const carry = (each: Claimed): Promise<Delivered> =>
    bodies.carry(each, async ({ id, body }) => {
      assert.equal(body?.length ?? 0, each.bodyBytes);
      begun.push(id);
      if (each.body === null) await new Promise<void>((resolve) => ends.push(resolve));
      return fine;
    });
  const all = ['a', 'b', 'c'].map((id) => carry(task(id, 1000)));
  all.push(carry(task('huge', 5000)), carry(task('d', 1000)));
  await carry(task('small', 2, Buffer.from('{}')));
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await turn();
  assert.deepEqual(begun, ['small', 'a', 'b']);
  ends.shift()?.();
  await turn();
  assert.deepEqual(begun.slice(3), ['c']);
  for (const each of ends.splice(0)) each();
  await turn();
  assert.deepEqual(begun.slice(4), ['huge']);
  for (const each of ends.splice(0)) each();
  await turn();
  assert.deepEqual(begun.slice(5), ['d']);
  for (const each of ends.splice(0)) each();
  assert.deepEqual(await Promise.all(all), [fine, fine, fine, fine, fine]);
});

test('bodies are read one after the other, also when one cannot be', async () => {
  let [reading, most, reads] = [0, 0, 0];
  const query = async (): Promise<object> => {
    most = Math.max(most, ++reading);
    await new Promise(setImmediate);
    reading -= 1;
    if (++reads === 2) throw new Error('no');
    return { rows: [{ part: Buffer.alloc(10) }] };
  };
  const bodies = createBodies({ query } as unknown as Queryable);
  const all = [1, 2, 3].map((n) => bodies.carry(task(`${n}`, 10), async () => fine));
  const kinds = (await Promise.all(all)).map(({ reply }) => reply.kind);
  assert.deepEqual([most, kinds], [1, ['timeout', 'unsent', 'timeout']]);
});

test('a body that cannot be read is no delivery, and one that is damaged is a failed one', async () => {
  const kindOf = async (part: () => Buffer | null): Promise<string> => {
    const { reply } = await createBodies(db(part)).carry(task('a', 5), () => assert.fail());
    return reply.kind;
  };
  const failing = (code: string) => () => {
    throw Object.assign(new Error('no'), { code });
  };
  assert.equal(await kindOf(() => null), 'unsent');
  assert.equal(await kindOf(failing('ECONNREFUSED')), 'unsent');
  assert.equal(await kindOf(failing('XX001')), 'broken');
});
