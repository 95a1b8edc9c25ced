import assert from 'node:assert/strict';
import { test } from 'node:test';
import { literalPort } from './literal-port.ts';

test('a port that stands in a command as a number is found', () => {
  const table = [
    ['next start -p 3000', 3000, '-p 3000'],
    ['x -p3000 y', 3000, '-p3000'],
    ['uvicorn a:app --port=8000', 8000, '--port=8000'],
    ['serve -s build -l 3000', 3000, '-l 3000'],
    ['serve -l tcp://0.0.0.0:3000', 3000, '-l tcp://0.0.0.0:3000'],
    ['gunicorn --bind 0.0.0.0:8000 a', 8000, '--bind 0.0.0.0:8000'],
    ['gunicorn -b :80 a', 80, '-b :80'],
    ['php -S localhost:8000', 8000, '-S localhost:8000'],
    ['java -Dserver.port=8080 -jar a.jar', 8080, '-Dserver.port=8080'],
    ['manage.py runserver 0.0.0.0:8000', 8000, '0.0.0.0:8000'],
    ['x :3000', 3000, ':3000'],
    ['python3 -m http.server 9000', 9000, 'http.server 9000'],
    [['node', 'x.js', '--port', '3000'], 3000, '--port 3000'],
    [['sh', '-c', 'x && y -p 3000'], 3000, '-p 3000'],
  ] as const;
  for (const [command, port, written] of table) {
    assert.deepEqual(literalPort(command), { port, written }, String(command));
  }
});

test('where Tidegate fills the port in, or a number is something else, none is found', () => {
  for (const command of [
    'serve -l $PORT',
    'x --port "$PORT"',
    'gunicorn -b :$PORT -w 10',
    'x --redis localhost:6379',
    'x --db-port 5432',
    'x redis://h:6379/0',
    'x --inspect=9229',
    'x -p 99999',
    'x -p 30s',
    'node server.js 3000',
  ]) {
    assert.equal(literalPort(command), null, command);
  }
});
