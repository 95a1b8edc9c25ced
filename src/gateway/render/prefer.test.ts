import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';
import { runHaproxy, sendRaw } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';
import { prefersAsync } from './prefer.ts';

/** Lines of `Prefer`, and whether they ask for a task. */
const TABLE: readonly (readonly [lines: readonly string[], isTask: boolean])[] = [
  [['respond-async'], true],
  [['Respond-Async'], true],
  [['respond-async, wait=5'], true],
  [['wait=5,respond-async'], true],
  [['wait=5 ,\t respond-async \t'], true],
  [['wait=5', 'respond-async'], true],
  [['respond-async', 'return=minimal'], true],
  [['a', 'b', 'c=d; respond-async, respond-async'], true],
  [['respond-async; foo'], true],
  [['respond-async;foo=bar;baz="a, b; \\" c"'], true],
  [['respond-async;;'], true],
  [['foo="a\\", b", respond-async'], true],
  [['foo="", respond-async'], true],
  [[], false],
  [[''], false],
  [[',,'], false],
  [['respond-asynchronous'], false],
  [['xrespond-async'], false],
  [['x-respond-async'], false],
  [['respond-async-not'], false],
  [['not respond-async'], false],
  [['respond async'], false],
  [['respond-async foo'], false],
  [['respond-async=yes'], false],
  [['respond-async=false'], false],
  [['respond-async="'], false],
  [['"respond-async"'], false],
  [['foo=respond-async'], false],
  [['foo="respond-async"'], false],
  [['foo="a, respond-async, b"'], false],
  [['foo="a\\", respond-async, b"'], false],
  [['foo="open, respond-async'], false],
  [['foo; respond-async'], false],
  [['foo; bar=respond-async'], false],
  [['foo; bar="x, respond-async"'], false],
  [['respond-async; "'], false],
  [['respond-async; foo=a b'], false],
  [['respond-async"\\'], false],
  [['respond-async/'], false],
  [['respond-async;foo=('], false],
];

test('Prefer is read as a list, each preference as a whole', () => {
  for (const [lines, isTask] of TABLE) {
    assert.equal(prefersAsync(lines.join(',')), isTask, JSON.stringify(lines));
  }
});

test('HAProxy and the explanation read Prefer in the same way', async (t) => {
  const [api, tasks] = [await startUpstream(t, 'api'), await startUpstream(t, 'tasks')];
  const haproxy = await runHaproxy(
    t,
    gatewayState(
      [
        service({ servers: [server('api-1', api.port)] }),
        service({ name: TASKS_SERVICE, servers: [server('tasks-1', tasks.port)] }),
      ],
      { routes: [route({ path: '/*', async: 'default' })] },
    ),
  );
  const isTask = async (lines: readonly string[]): Promise<boolean> => {
    const head = ['GET / HTTP/1.1', 'Host: a', ...lines.map((line) => `Prefer: ${line}`)];
    const answer = await sendRaw(haproxy.port, [...head, 'Connection: close', '\r\n'].join('\r\n'));
    assert.match(answer, /^HTTP\/1.1 200/);
    return answer.includes('"name":"tasks"');
  };
  for (const [lines, wanted] of TABLE) {
    assert.equal(await isTask(lines), wanted, JSON.stringify(lines));
  }
  const piece = fc.constantFrom(
    'respond-async',
    'RESPOND-ASYNC',
    'a',
    '=',
    ',',
    ';',
    '"',
    '\\',
    ' ',
    '\t',
  );
  const line = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  await fc.assert(
    fc.asyncProperty(line, async (one) => {
      assert.equal(await isTask([one]), prefersAsync(one), JSON.stringify(one));
    }),
    { numRuns: 300 },
  );
});

test('a long header is read in no time', () => {
  const hostile = [
    `respond-async${'; '.repeat(5_000)}(`,
    `respond-async${' ;a = "b" '.repeat(1_000)}(`,
    `respond-async;a="${'\\"'.repeat(5_000)}`,
    '"'.repeat(9_999),
    'a" '.repeat(5_000),
  ];
  for (const header of hostile) assert.equal(prefersAsync(header), false);
});
