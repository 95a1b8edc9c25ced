import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CODE_LIFE_MS, SESSION_LIFE_MS, createSessions } from './sessions.ts';
import type { NewSession } from './sessions.ts';

function sessionsAt(at: number): {
  clock: { at: number };
  sessions: ReturnType<typeof createSessions>;
} {
  const clock = { at, now: () => clock.at };
  return { clock, sessions: createSessions('secret', clock) };
}

function started(sessions: ReturnType<typeof createSessions>): NewSession {
  return sessions.exchange(sessions.issueCode().code) as NewSession;
}

test('the token is the whole token and nothing else', () => {
  const { sessions } = sessionsAt(0);
  assert.equal(sessions.isToken('secret'), true);
  for (const wrong of ['', 'secre', 'secret ', 'Secret', 'secretsecret'])
    assert.equal(sessions.isToken(wrong), false, wrong);
});

test('a code works once', () => {
  const { sessions } = sessionsAt(0);
  const { code } = sessions.issueCode();
  assert.equal(sessions.exchange(code)?.endsAt, SESSION_LIFE_MS);
  assert.equal(sessions.exchange(code), null);
  assert.equal(sessions.exchange('never issued'), null);
});

test('a code too old is refused', () => {
  const { clock, sessions } = sessionsAt(0);
  const { code, expiresAt } = sessions.issueCode();
  assert.equal(expiresAt, CODE_LIFE_MS);
  clock.at = CODE_LIFE_MS;
  assert.equal(sessions.exchange(code), null);
});

test('only so many codes wait at once: the oldest gives way', () => {
  const { sessions } = sessionsAt(0);
  const codes = Array.from({ length: 17 }, () => sessions.issueCode().code);
  assert.equal(sessions.exchange(codes[0] as string), null);
  assert.notEqual(sessions.exchange(codes[1] as string), null);
  assert.notEqual(sessions.exchange(codes[16] as string), null);
});

test('a session ends, and only so many live at once', () => {
  const { clock, sessions } = sessionsAt(0);
  const begin = (): string => started(sessions).id;
  const first = begin();
  assert.equal(sessions.sessionEnd(first), SESSION_LIFE_MS);
  assert.equal(sessions.sessionEnd('made up'), null);
  clock.at = SESSION_LIFE_MS - 1;
  assert.equal(sessions.sessionEnd(first), SESSION_LIFE_MS);
  clock.at = SESSION_LIFE_MS;
  assert.equal(sessions.sessionEnd(first), null);

  const many = Array.from({ length: 65 }, begin);
  assert.equal(sessions.sessionEnd(many[0] as string), null);
  assert.notEqual(sessions.sessionEnd(many[1] as string), null);
});

test('a key is that of its own session, and ends with it', () => {
  const { clock, sessions } = sessionsAt(0);
  const [one, other] = [started(sessions), started(sessions)];
  assert.equal(sessions.isKey(one.id, one.key), true);
  for (const wrong of ['', other.key, one.id, one.key.slice(1), `${one.key} `])
    assert.equal(sessions.isKey(one.id, wrong), false, wrong);
  assert.equal(sessions.isKey('made up', one.key), false);
  assert.equal(sessions.sessionEnd(one.key), null, 'a key is no session');
  clock.at = SESSION_LIFE_MS;
  assert.equal(sessions.isKey(one.id, one.key), false);
});

test('two projects on one machine have cookies of different names that do not tell the token', () => {
  const clock = { now: () => 0 };
  const one = createSessions('one', clock).cookieName;
  assert.notEqual(one, createSessions('two', clock).cookieName);
  assert.equal(one, createSessions('one', clock).cookieName);
  assert.match(one, /^tidegate_[0-9a-f]{8}$/);
});
