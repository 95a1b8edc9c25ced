import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineConfig } from './define.ts';
import type { TidegateConfig } from './define.ts';

test('the configuration comes back as it was given', () => {
  const config: TidegateConfig = { services: { api: { command: 'node server.js' } } };
  assert.equal(defineConfig(config), config);
});

test('the types know units, keys and values; the type check of the project fails where they do not', () => {
  const port: number = Number(process.env['NO_SUCH_PORT'] ?? 8080);
  defineConfig({
    gateway: { port, routes: [{ service: 'api', timeout: '1.5m', bodyLimit: '2MB' }] },
    services: {
      api: { command: ['a', 'b'], scale: { max: 'cores', up: { cpu: '70%', rps: false } } },
    },
  });
  // @ts-expect-error -- no unit
  defineConfig({ services: { api: { drain: '30' } } });
  // @ts-expect-error -- an unknown key
  defineConfig({ services: { api: { comand: 'x' } } });
  // @ts-expect-error -- an unknown value
  defineConfig({ services: { api: { balance: 'fair' } } });
  // @ts-expect-error -- no services
  defineConfig({ gateway: {} });
});
