import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { act, refusalOf, whyNot } from './act.ts';
import { ask, asked, confirm, dismiss, told } from './ask.ts';
import { pauseChange } from './change.ts';
import { sessionKey } from './session-key.ts';

const PAUSE = pauseChange({
  name: 'api',
  desired: 2,
  pinned: null,
  paused: false,
  deploying: false,
  policy: 'linear',
  min: 1,
  max: 5,
});
const REFUSED = { code: 'KEY_REFUSED', detail: 'It does not fit.', hint: 'Open a fresh link.' };

/** A browser's memory of the window, and answers in the place of the control plane's. */
function browser(t: TestContext, answer: () => Response | Promise<Response>): Request[] {
  const sent: Request[] = [];
  const kept = new Map<string, string>();
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
    removeItem: (name: string) => kept.delete(name),
  };
  t.mock.timers.enable({ apis: ['setTimeout'] });
  Object.assign(globalThis, { sessionStorage: storage });
  t.mock.method(globalThis, 'fetch', (path: string, init: RequestInit) => {
    sent.push(new Request(new URL(path, 'http://127.0.0.1'), init));
    return Promise.resolve().then(answer);
  });
  sessionKey.value = 'the-key';
  t.after(() => {
    Reflect.deleteProperty(globalThis, 'sessionStorage');
    sessionKey.value = null;
    dismiss();
  });
  return sent;
}

test('a change is sent with the key of the window and says what came of it', async (t) => {
  const sent = browser(t, () => Response.json({ service: 'api', paused: true }));
  assert.deepEqual(await act(PAUSE), { done: true, text: 'api is paused. Resume goes on.' });
  assert.equal(sent[0]?.method, 'POST');
  assert.equal(sent[0]?.headers.get('x-tidegate-key'), 'the-key');
  assert.equal(sent[0]?.headers.get('content-type'), null, 'there is no body');
});

test('a refusal comes with its hint; a key that does not fit is forgotten', async (t) => {
  browser(t, () => Response.json(REFUSED, { status: 403 }));
  assert.deepEqual(await act(PAUSE), {
    done: false,
    text: 'It does not fit.',
    hint: 'Open a fresh link.',
  });
  assert.equal(sessionKey.value, null);
});

test('without an answer nobody knows whether it was done, and that is said', async (t) => {
  browser(t, () => Promise.reject(new TypeError('fetch failed')));
  const outcome = await act(PAUSE);
  assert.match(outcome.text, /not known whether this was done/);
  assert.equal(sessionKey.value, 'the-key');
});

test('an answer that is no problem is told by its status', () => {
  assert.equal(refusalOf(502, null).text, 'The control plane answered 502.');
});

test('nothing is offered while the page is not live or has no key, and why is said', () => {
  assert.equal(whyNot(true, 'key'), null);
  assert.match(String(whyNot(false, 'key')), /until the control plane answers/);
  assert.match(String(whyNot(true, null)), /can only look/);
});

test('nothing is sent before it was confirmed, nor after it was dismissed', async (t) => {
  const sent = browser(t, () => Response.json({ service: 'api', paused: true }));
  let changed = 0;
  ask(PAUSE);
  dismiss();
  await confirm(() => changed++);
  assert.deepEqual([sent.length, changed], [0, 0]);
  ask(PAUSE);
  const done = confirm(() => changed++);
  await confirm(() => changed++);
  await done;
  assert.deepEqual(
    [sent.length, changed, asked.value],
    [1, 1, null],
    'once, however often clicked',
  );
  assert.equal(told.value, 'api is paused. Resume goes on.');
  t.mock.timers.tick(60_000);
  assert.equal(told.value, null);
});

test('what is refused stays open with the reason; what was closed meanwhile is told all the same', async (t) => {
  browser(t, () => Response.json(REFUSED, { status: 403 }));
  ask(PAUSE);
  await confirm(() => assert.fail('nothing changed'));
  assert.equal(asked.value?.refusal?.text, 'It does not fit.');
  ask(PAUSE);
  const under = confirm(() => assert.fail('nothing changed'));
  dismiss();
  await under;
  assert.deepEqual([asked.value, told.value], [null, 'It does not fit.']);
});
