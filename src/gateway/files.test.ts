import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { createRenderedFiles } from './files.ts';

test('what is not rendered any more goes, and what a write left that was cut short, a private key perhaps', (t) => {
  const folder = temporaryFolder(t);
  const files = createRenderedFiles(folder);
  files.write({ config: 'one', maps: { 'routes.map': '1\n', 'tls.pem': 'key' } });
  assert.equal(statSync(join(folder, 'tls.pem')).mode & 0o777, 0o600);
  writeFileSync(join(folder, 'tls.pem.tmp'), 'half a key');
  assert.deepEqual(Object.keys(files.read().maps).sort(), ['routes.map', 'tls.pem']);
  files.write({ config: 'two', maps: { 'routes.map': '2\n' } });
  assert.deepEqual(readdirSync(folder).sort(), ['haproxy.cfg', 'routes.map']);
  assert.deepEqual(files.read(), { config: 'two', maps: { 'routes.map': '2\n' } });
});
