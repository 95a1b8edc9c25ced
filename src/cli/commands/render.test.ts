import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../../../test/support/command.ts';
import { promtool } from '../../../test/support/promtool.ts';
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

test('what Prometheus is told comes under the names of its files, into a folder, or as one JSON object', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'tidegate.config.json');
  const config = {
    name: 'shop',
    admin: { port: 9191 },
    services: { api: { command: 'node x.js' } },
  };
  writeFileSync(file, JSON.stringify(config));
  const shown = await runCommand(register, ['render', 'prometheus', '-c', file]);
  assert.match(
    shown.out.join('\n'),
    /^# prometheus.yml\n[^]*127.0.0.1:9191[^]*\n# tidegate-rules.yml\n/,
  );
  const json = await runCommand(register, ['render', 'prometheus', '-c', file, '--json']);
  assert.deepEqual(Object.keys(JSON.parse(json.out.join('')) as object), ['scrape', 'rules']);
  const out = join(folder, 'new', 'folder');
  for (const what of ['prometheus', 'grafana'])
    assert.equal((await runCommand(register, ['render', what, '-c', file, '--out', out])).code, 0);
  promtool(['check', 'config', join(out, 'prometheus.yml')]);
  const dashboard = JSON.parse(
    readFileSync(join(out, 'tidegate-dashboard.json'), 'utf8'),
  ) as object;
  assert.equal((dashboard as { title: string }).title, 'Tidegate');
});

test('what cannot be rendered is named with what can', async () => {
  for (const what of ['stack', 'nginx', 'constructor']) {
    const { code, err } = await runCommand(register, ['render', what]);
    assert.equal(code, 2);
    assert.match(
      err.join('\n'),
      what === 'stack' ? /not in this version/ : /haproxy, prometheus, grafana/,
    );
  }
});
