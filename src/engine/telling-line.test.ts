import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellingLine } from './telling-line.ts';

const LAST_WORDS: readonly (readonly [string, string, string | null])[] = [
  [
    'Node',
    `node:internal/modules/cjs/loader:1143
  throw err;
  ^

Error: Cannot find module '/srv/app.js'
    at Module._resolveFilename (node:internal/modules/cjs/loader:1140:15)
    at node:internal/main/run_main_module:28:49 {
  code: 'MODULE_NOT_FOUND',
  requireStack: []
}

Node.js v20.20.2`,
    "Error: Cannot find module '/srv/app.js'",
  ],
  [
    'Node whose error has fields',
    `node:events:497
      throw er; // Unhandled 'error' event
      ^

Error: listen EADDRINUSE: address already in use 127.0.0.1:80
    at Server.setupListenHandle [as _listen2] (node:net:1817:16)
    at listenInCluster (node:net:1865:12)
Emitted 'error' event on Server instance at:
    at emitErrorNT (node:net:1844:8) {
  code: 'EADDRINUSE',
  errno: -98,
  syscall: 'listen',
  address: '127.0.0.1',
  port: 80
}

Node.js v24.1.0`,
    'Error: listen EADDRINUSE: address already in use 127.0.0.1:80',
  ],
  [
    'Python',
    `Traceback (most recent call last):
  File "/srv/app.py", line 3, in <module>
    import flask
ModuleNotFoundError: No module named 'flask'`,
    "ModuleNotFoundError: No module named 'flask'",
  ],
  [
    'Java',
    `Exception in thread "main" java.lang.IllegalStateException: no database
\tat com.shop.Main.run(Main.java:12)
\tat com.shop.Main.main(Main.java:5)
Caused by: java.net.ConnectException: Connection refused
\tat java.base/sun.nio.ch.Net.connect0(Native Method)
\t... 12 more`,
    'Caused by: java.net.ConnectException: Connection refused',
  ],
  [
    'Go',
    `panic: cannot open the database

goroutine 1 [running]:
main.main()
\t/srv/main.go:7 +0x39
exit status 2`,
    'panic: cannot open the database',
  ],
  ['a shell', 'sh: 1: serve: not found', 'sh: 1: serve: not found'],
  ['a program of plain words', 'reading\nthe table is empty\n\n', 'the table is empty'],
  ['one that wrote nothing', '\n\n', null],
];

for (const [program, text, reason] of LAST_WORDS) {
  test(`the last words of ${program} give ${reason ?? 'no reason'}`, () => {
    assert.equal(tellingLine(text.split('\n')), reason);
  });
}

test('a word of trouble is looked for among the last twenty lines alone', () => {
  const lines = ['error: long ago', ...Array.from({ length: 20 }, (_, at) => `served ${at}`)];
  assert.equal(tellingLine(lines), 'served 19');
});
