import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { readBody } from './task-body.ts';

const none = Readable.from([]);

async function read(...given: Parameters<typeof readBody>): Promise<readonly [string, string]> {
  const { bodyBase64, contentType } = await readBody(...given);
  return [Buffer.from(bodyBase64, 'base64').toString('latin1'), contentType];
}

test('a body is what was given, byte for byte, with the type that it has', async (t) => {
  const file = join(temporaryFolder(t), 'job');
  assert.deepEqual(await read('{"a": 1}', undefined, none), ['{"a": 1}', 'application/json']);
  assert.deepEqual(await read('hello', undefined, none), ['hello', 'text/plain; charset=utf-8']);
  assert.deepEqual(await read(undefined, undefined, none), ['', 'application/octet-stream']);
  const stdin = Readable.from([Buffer.from('[1,'), Buffer.from('2]\n')]);
  assert.deepEqual(await read('-', undefined, stdin), ['[1,2]\n', 'application/json']);
  writeFileSync(file, Buffer.from([0xff, 0x00]));
  assert.deepEqual(await read(undefined, file, none), ['\u00ff\0', 'application/octet-stream']);
});

test('two bodies, and a file that is not there, are refused', async (t) => {
  await assert.rejects(readBody('a', 'b', none), { code: 'TWO_BODIES', exitCode: 2 });
  const gone = join(temporaryFolder(t), 'gone');
  await assert.rejects(readBody(undefined, gone, none), { code: 'FILE_NOT_READABLE' });
});
