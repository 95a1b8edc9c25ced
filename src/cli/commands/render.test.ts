import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../../../test/support/command.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { register } from './render.ts';

test('what looks like a secret in a header for the service is not printed', async (t) => {
  const file = join(temporaryFolder(t), 'tidegate.config.json');
  const requestHeaders = { 'x-api-key': 'a1b2c3', 'x-stage': 'canary' };
  const config = {
    gateway: { routes: [{ service: 'api', requestHeaders }] },
    services: { api: { command: 'node x.js' } },
  };
  writeFileSync(file, JSON.stringify(config));
  for (const more of [[], ['--json']]) {
    const { code, out } = await runCommand(register, ['render', 'haproxy', '-c', file, ...more]);
    const text = out.join('\n');
    assert.equal(code, 0);
    assert.match(text, /set-header x-stage canary/);
    assert.match(text, /set-header x-api-key '\(hidden\)'/);
    assert.doesNotMatch(text, /a1b2c3/);
  }
});
