import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { readOptions } from './options.ts';

const hosts = ['hooks.example.org'];

test('what a sender asks for is understood, and nothing else is looked at', () => {
  const headers = {
    'task-delay': '10m',
    'task-priority': '-5',
    'task-timeout': '30s',
    'task-retries': '0',
    'task-callback': 'https://hooks.example.org/done',
    // A worker that sends a task passes on what it was told.
    'task-id': 'x',
    'content-type': 'text/plain',
  };
  assert.deepEqual(readOptions(headers, { hosts, timeoutMs: 86_400_000 }), {
    kind: 'understood',
    wishes: {
      delayMs: 600_000,
      priority: -5,
      timeoutMs: 30_000,
      retries: 0,
      callback: 'https://hooks.example.org/done',
    },
  });
  assert.deepEqual(readOptions({}, { hosts: [], timeoutMs: 1 }), {
    kind: 'understood',
    wishes: {},
  });
});

test('a delivery may not take longer than its queue allows, since the gateway would give it up', () => {
  const options = readOptions({ 'task-timeout': '31s' }, { hosts, timeoutMs: 30_000 });
  assert.deepEqual(options, {
    kind: 'refused',
    errors: ['Task-Timeout must be from 1ms to 30s, its queue\'s, and is "31s".'],
  });
});

test('whatever is sent, it is understood within its bounds or refused by name', () => {
  const names = [
    'task-delay',
    'task-priority',
    'task-timeout',
    'task-retries',
    'task-callback',
    'task-x',
  ];
  const value = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc
      .tuple(fc.integer(), fc.constantFrom('ms', 's', 'm', 'h', 'd'))
      .map((parts) => parts.join('')),
    fc.webUrl(),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (headers) => {
      const options = readOptions(headers, { hosts, timeoutMs: 86_400_000 });
      if (options.kind === 'refused') {
        assert.ok(options.errors.length > 0);
        assert.ok(options.errors.every((error) => /^Task-\w+/.test(error)));
        return;
      }
      const { delayMs = 0, priority = 0, timeoutMs = 1, retries = 0, callback } = options.wishes;
      assert.ok(delayMs >= 0 && delayMs <= 365 * 86_400_000);
      assert.ok(Number.isInteger(priority) && Math.abs(priority) <= 100);
      assert.ok(timeoutMs >= 1 && timeoutMs <= 86_400_000);
      assert.ok(Number.isInteger(retries) && retries >= 0 && retries <= 100);
      assert.ok(callback === undefined || callback.startsWith('https:'));
      assert.ok(!('task-x' in headers));
    }),
  );
});
