import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { evaluateConfig } from '../src/cli/evaluate-config.ts';
import { resolveSpec } from '../src/spec/resolve.ts';

const configs = globSync('*/tidegate.config.ts', { cwd: import.meta.dirname }).sort();

test('every example is a valid configuration of what this version builds', async () => {
  assert.deepEqual(configs, [
    'hello/tidegate.config.ts',
    'secure-api/tidegate.config.ts',
    'shop/tidegate.config.ts',
    'tasks/tidegate.config.ts',
    'website/tidegate.config.ts',
  ]);
  for (const config of configs) {
    const path = join(import.meta.dirname, config);
    const resolved = resolveSpec(await evaluateConfig(path), {
      folder: dirname(path),
      machine: { cores: 2, memoryBytes: 4 * 2 ** 30 },
    });
    if (!resolved.ok) assert.fail(`${config}: ${JSON.stringify(resolved.problems)}`);
    // A database and a cache are asked by the services beside them, not by the gateway.
    const warnings = resolved.warnings.filter(
      (each) => !/^services\.(database|cache): no route leads to it$/.test(each),
    );
    assert.deepEqual([resolved.unbuilt, warnings], [[], []], config);
  }
});

test("the shop's ports can be set from the environment", async (t) => {
  t.after(() => {
    delete process.env['TIDEGATE_GATEWAY_PORT'];
    delete process.env['TIDEGATE_ADMIN_PORT'];
  });
  process.env['TIDEGATE_GATEWAY_PORT'] = '9000';
  process.env['TIDEGATE_ADMIN_PORT'] = '9001';
  const config = await evaluateConfig(join(import.meta.dirname, 'shop/tidegate.config.ts'));
  const { gateway, admin } = config as { gateway: { port: number }; admin: { port: number } };
  assert.deepEqual([gateway.port, admin.port], [9000, 9001]);
});
