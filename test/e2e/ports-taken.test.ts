import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { createProject, helloServer } from '../support/project.ts';

test('where both ports are taken, up and run name both at once, and with what to choose others', async (t) => {
  const services = { web: { command: 'node server.cjs' } };
  const project = await createProject(t, { services }, { 'server.cjs': helloServer() });
  const { adminPort, gatewayPort } = project;
  for (const port of [adminPort, gatewayPort]) {
    const server = createServer();
    t.after(() => server.close());
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  }
  const ports = ['--port', `${gatewayPort}`, '--admin-port', `${adminPort}`];
  for (const [args, wayOut] of [
    [['up'], /admin\.port and gateway\.port/],
    [['up', '-d'], /admin\.port and gateway\.port/],
    [['run', ...ports, '--', 'node', 'server.cjs'], /--admin-port and --port/],
  ] as const) {
    const { code, err } = await project.run(...args);
    assert.equal(code, 1, err);
    for (const port of [adminPort, gatewayPort])
      assert.match(err, new RegExp(`port ${port} on 127\\.0\\.0\\.1 .*\\(pid ${process.pid}\\)`));
    assert.match(err, wayOut);
  }
});
