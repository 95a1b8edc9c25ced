import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLedger } from './ledger.ts';

test('a ledger tells what was done, and what was done again', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-ledger-'));
  t.after(() => rmSync(folder, { recursive: true }));
  assert.deepEqual(readLedger(folder, 'ledger'), { ids: new Set(), repeated: 0 });
  writeFileSync(join(folder, 'ledger'), 'a\nb\na\na\n');
  assert.deepEqual(readLedger(folder, 'ledger'), { ids: new Set(['a', 'b']), repeated: 2 });
});
