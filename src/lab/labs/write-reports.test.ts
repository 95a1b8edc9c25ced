import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import type { LabResult } from './run-lab.ts';
import { openReports } from './write-reports.ts';

const RESULT: LabResult = {
  name: 'tiny',
  title: 'A tiny lab',
  state: 'passed',
  passed: true,
  claims: [{ text: 'it holds', expected: '1', measured: '1', met: true }],
  problem: null,
  durationS: 1,
  report: { title: 'A tiny lab', subtitle: '', facts: [], sections: [] },
  folders: [],
};

test('page, data and index are in the folder, which is made', (t) => {
  const folder = join(temporaryFolder(t), 'new/one');
  const reports = openReports(folder);
  reports.write(RESULT);
  reports.writeIndex([RESULT]);
  assert.equal(reports.problem, null);
  assert.match(readFileSync(reports.pageOf('tiny'), 'utf8'), /A tiny lab/);
  assert.match(readFileSync(reports.index, 'utf8'), /href="tiny\.html"/);
  const told = JSON.parse(readFileSync(join(folder, 'tiny.json'), 'utf8')) as LabResult;
  assert.deepEqual(told.claims, RESULT.claims);
});

test('a folder that cannot be one is refused before anything is measured', (t) => {
  const path = join(temporaryFolder(t), 'file');
  writeFileSync(path, '');
  assert.throws(() => openReports(path), { code: 'REPORT_NOT_WRITTEN' });
});

test('what cannot be written any more throws nothing away: it is told, and the others are written', (t) => {
  const folder = temporaryFolder(t);
  const reports = openReports(folder);
  mkdirSync(reports.pageOf('tiny'));
  reports.write(RESULT);
  assert.match(reports.problem ?? '', /cannot be written to .*EISDIR/);
  rmSync(reports.pageOf('tiny'), { recursive: true });
  reports.writeIndex([RESULT]);
  assert.ok(existsSync(reports.index));
  assert.match(reports.problem ?? '', /EISDIR/);
});
