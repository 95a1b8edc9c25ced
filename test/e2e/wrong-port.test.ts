import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProject } from '../support/project.ts';

test('a program that ignores PORT is told which port it listens on, long before its time is over and after', async (t) => {
  const hard = `const server = require('node:http').createServer((_, response) => response.end('x'));
server.listen(0, '127.0.0.1', () => console.log('port', server.address().port));`;
  const project = await createProject(
    t,
    { services: { app: { command: 'node hard.js', health: { startup: '15s' } } } },
    { 'hard.js': hard },
  );
  const { code, err } = await project.run('up', '-d');
  assert.equal(code, 1);
  const log = await project.run('logs', 'app');
  const port = /port (\d+)/.exec(log.out)?.[1];
  const said = `app-1 does not listen on \\$PORT \\(\\d+\\); it listens on ${port}\\. Listen on the port in the environment variable PORT`;
  assert.match(err, new RegExp(`^${said}`, 'm'));
  assert.match(err, new RegExp('app-1 was not healthy within 15 s: it does not listen on'));
  const status = await project.run('status');
  assert.match(status.out, /in trouble[^]*does not listen on \$PORT/);
  const explained = await project.run('explain', 'app');
  assert.match(explained.out, /^app, .* ago: app-\d+ .*does not listen on \$PORT/);
});
