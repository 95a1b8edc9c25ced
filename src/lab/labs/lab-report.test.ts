import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import type { Lab } from './lab.ts';
import { runLab, type LabResult } from './run-lab.ts';
import { openReports } from './write-reports.ts';

const lab = (name: string, met: boolean): Lab => ({
  name,
  title: `What ${name} <teaches>`,
  teaches: ['Because it is so.'],
  aboutS: 1,
  run: () =>
    Promise.resolve({
      claims: [{ text: `${name} holds`, expected: 'more', measured: 'less', met }],
      sections: [{ heading: 'Seen', text: ['Much was seen.'] }],
    }),
});
const ran = (name: string, met: boolean): Promise<LabResult> =>
  runLab(lab(name, met), { signal: new AbortController().signal, say: () => undefined });

test('a report has the claims first, then what was seen, at last why', async () => {
  const { report } = await ran('one', true);
  const headings = report.sections.map(({ heading }) => heading);
  assert.deepEqual(headings, ['What was claimed', 'Seen', 'Why']);
  assert.deepEqual(report.facts[0], { label: 'result', value: 'passed', tone: 'good' });
  assert.deepEqual(report.facts[1], { label: 'claims met', value: '1 of 1' });
});

test('each lab gets a page and its data, and the index leads to each and has every claim', async (t) => {
  const folder = join(temporaryFolder(t), 'new', 'folder');
  const reports = openReports(folder);
  const results = [await ran('one', true), await ran('two', false)];
  for (const result of results) reports.write(result);
  reports.writeIndex(results);
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  assert.match(read('one.html'), /Much was seen\./);
  assert.match(read('one.html'), /What one &lt;teaches&gt;/);
  const data = JSON.parse(read('two.json')) as LabResult;
  assert.deepEqual([data.name, data.passed, data.claims[0]?.met], ['two', false, false]);
  const index = read('index.html');
  assert.match(index, /href="one\.html"/);
  assert.match(index, /href="two\.html"/);
  assert.match(index, /1 of 2/);
  assert.match(index, /not as claimed/);
  assert.match(index, /two holds/);
});

test('a folder that cannot be had is said before anything is run', (t) => {
  const folder = temporaryFolder(t);
  assert.throws(() => openReports('/dev/null/reports'), { code: 'REPORT_NOT_WRITTEN' });
  assert.doesNotThrow(() => openReports(folder));
});
