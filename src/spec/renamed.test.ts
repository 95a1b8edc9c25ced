import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems } from './fixtures/resolved.ts';

test('a name that is not valid does not hide what is wrong below it', () => {
  const found = problems({
    gateway: { routes: [{ service: 'web' }] },
    services: {
      web: { command },
      'My Api': { command: 'node "a', retries: 'many', env: { 'b c': 5, PORT: '1' } },
    },
  });
  const starts = [
    'services["My Api"]: the key must be a word',
    'services["My Api"].env["b c"]: the key must be a word',
    'services["My Api"].env["b c"]: must be text, or a secret',
    'services["My Api"].retries: must be a whole number',
    'services["My Api"].command: has a " that is not closed',
    'services["My Api"].env.PORT: must not be set',
  ];
  assert.equal(found.length, starts.length, found.join('\n'));
  starts.forEach((start, index) => assert.ok(found[index]?.startsWith(start), found[index]));
});

test('the value of a variable with a wrong name is not shown', () => {
  const found = problems({ services: { api: { command, env: { 'MY TOKEN': ['hunter2'] } } } });
  assert.equal(found.length, 2);
  assert.ok(!found.join().includes('hunter2'));
});
