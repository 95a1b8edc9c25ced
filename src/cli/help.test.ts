import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { runCommand, TIDEGATE } from '../../test/support/project.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { processIo } from './io.ts';

test('tidegate alone prints its help to standard output and ends with 0', async (t) => {
  const { code, out, err } = await runCommand(TIDEGATE, [], temporaryFolder(t));
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /Usage: tidegate .*\n.*explain/s);
});

test('descriptions are lines without an end: the terminal decides where they are wrapped; no empty list is told as a default', async () => {
  const program = new Command('tidegate');
  const files = globSync('commands/*.ts', { cwd: import.meta.dirname }).filter(
    (file) => !file.endsWith('.test.ts') && !file.endsWith('explain-route.ts'),
  );
  for (const file of files) {
    const { register } = (await import(join(import.meta.dirname, file))) as {
      register(program: Command, io: typeof processIo): unknown;
    };
    register(program, processIo);
  }
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  assert.ok(commands.length > 15);
  for (const command of commands) {
    assert.doesNotMatch(command.description(), /\n/, command.name());
    assert.doesNotMatch(command.helpInformation(), /default: \[\]/, command.name());
  }
});
