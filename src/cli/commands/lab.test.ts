import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from '../../../test/support/command.ts';
import { LABS } from '../../lab/labs/labs.ts';
import { register } from './lab.ts';

test('--list names each lab, what one learns, and how long it takes', async () => {
  const { code, out } = await runCommand(register, ['lab', '--list']);
  assert.equal(code, 0);
  assert.equal(out.length, LABS.length + 2);
  for (const [index, { name, title, aboutS }] of LABS.entries()) {
    assert.ok(out[index + 1]?.startsWith(name));
    assert.ok(out[index + 1]?.includes(`${aboutS} s`) && out[index + 1]?.includes(title));
  }
});

test('--list breaks what is too long for the terminal into lines and cuts nothing', async () => {
  for (const columns of [80, 50]) {
    const { out } = await runCommand(register, ['lab', '--list'], { columns });
    for (const line of out) assert.ok(line.length <= columns && !line.includes('…'), line);
    const words = out.join(' ').replace(/\s+/g, ' ');
    for (const { title } of LABS) assert.ok(words.includes(title), title);
  }
});

test('--list --json is one object', async () => {
  const { out } = await runCommand(register, ['lab', '--list', '--json']);
  const { labs } = JSON.parse(out.join('')) as { labs: { name: string; needs: string[] }[] };
  assert.deepEqual(
    labs.map(({ name }) => name),
    LABS.map(({ name }) => name),
  );
  assert.deepEqual(labs.find(({ name }) => name === 'stateless')?.needs, ['redis']);
});

test('without a name, or with one that is none, nothing is run', async () => {
  const unnamed = await runCommand(register, ['lab']);
  assert.equal(unnamed.code, 2);
  assert.match(unnamed.err.join('\n'), /Say which lab/);
  const unknown = await runCommand(register, ['lab', 'crowds', '--json']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.out.join(''), /"code":"LAB_UNKNOWN".*"hint":"Run: tidegate lab crowd"/);
});
