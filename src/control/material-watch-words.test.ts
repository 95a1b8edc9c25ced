import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { until } from '../../test/support/until.ts';
import type { AcceptKnown, Material } from '../gateway/keys/material.ts';
import type { MaterialProblem } from '../gateway/keys/sources.ts';
import { gatewayState } from '../gateway/render/fixtures/states.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { watchMaterial } from './material-watch.ts';

/** A watch on something that has these problems at each look, and asks whether it is accepted. */
function watched(
  t: TestContext,
  problems: () => readonly MaterialProblem[],
  look: (accept: AcceptKnown) => Promise<boolean> = () => Promise.resolve(false),
  accept: AcceptKnown = () => Promise.resolve([]),
): readonly string[] {
  const told: string[] = [];
  const { gateway } = gatewayState([]);
  const material: Material = {
    read: () => assert.fail(),
    of: () => ({ keys: {}, certificate: null }),
    lookAtFiles: (_, ask) => look(ask),
    askDue: () => [],
    unknownKey: () => undefined,
    problems,
  };
  const watch = watchMaterial({
    clock: systemClock,
    log: silentLog,
    material,
    gateway: () => gateway,
    accept,
    publish: () => Promise.resolve(),
    emit: (event) => {
      if (event.kind === 'gateway') told.push(`${event.change} ${event.reasons.join()}`);
    },
  });
  t.after(() => watch.stop());
  return told;
}

test('of two things that are wrong with one key each is told, and that it is well when both are', async (t) => {
  const path = 'gateway.tls.cert';
  let problems: readonly string[] = ['it expires soon'];
  let looks = 0;
  const told = watched(t, () => {
    looks++;
    return problems.map((message) => ({ path, message }));
  });
  await until('the first', () => told.length === 1);
  problems = ['the new one is bad', 'it expires soon'];
  await until('the second', () => told.length === 2);
  problems = ['it expires soon'];
  looks = 0;
  await until('a look', () => looks > 0);
  problems = [];
  await until('the end', () => told.length > 2);
  assert.deepEqual(told, [
    `troubled ${path}: it expires soon`,
    `troubled ${path}: the new one is bad`,
    `mended ${path}: what was wrong is well again`,
  ]);
});

test('a gateway that cannot be asked refuses what is new', async (t) => {
  let answer: readonly string[] = [];
  watched(
    t,
    () => [],
    async (accept) => {
      answer = await accept({ keys: {}, certificate: null });
      return false;
    },
    () => Promise.reject(new Error('the disk is full')),
  );
  await until('it is asked', () => answer.length > 0);
  assert.deepEqual(answer, ['the disk is full']);
});
