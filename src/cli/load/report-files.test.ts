import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { checkReportPath, writeReports } from './report-files.ts';

const REPORT = { title: 'The title', subtitle: '', facts: [], sections: [] };

test('a report is a page or data by the end of its name, and takes the place of an older one', (t) => {
  const folder = temporaryFolder(t);
  const [page, data] = [join(folder, 'x.html'), join(folder, 'x.json')];
  writeFileSync(page, 'an older one, which was longer');
  for (const path of [page, data]) checkReportPath(path);
  assert.deepEqual(writeReports([page, data], REPORT, { requests: 3 }), {
    written: [page, data],
    problems: [],
  });
  assert.match(
    readFileSync(page, 'utf8'),
    /^<!doctype html>[\s\S]*<h1>The title<\/h1>[\s\S]*<\/html>\n$/,
  );
  assert.deepEqual(JSON.parse(readFileSync(data, 'utf8')), { requests: 3 });
  assert.deepEqual(readdirSync(folder).sort(), ['x.html', 'x.json']);
});

test('a report that cannot be written leaves nothing half done, and the others are written', (t) => {
  const folder = temporaryFolder(t);
  const [path, other] = [join(folder, 'gone', 'x.html'), join(folder, 'x.json')];
  assert.throws(() => checkReportPath(path), { code: 'BAD_REPORT' });
  const { written, problems } = writeReports([path, other], REPORT, {});
  assert.deepEqual([written, readdirSync(folder)], [[other], ['x.json']]);
  assert.match(problems.join('\n'), /^The report cannot be written to .*x\.html: .*ENOENT/);
});
