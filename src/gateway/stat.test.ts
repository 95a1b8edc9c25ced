import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseStat } from './stat.ts';

const HEADER = '# pxname,svname,qcur,qmax,scur,status,hrsp_5xx,last_chk,type,req_tot,addr,';

test('backends and servers are read, frontends are not', () => {
  const text = [
    HEADER,
    ':gateway,FRONTEND,,,3,OPEN,1,,0,9,,',
    'api,s1,2,4,1,UP 1/3,,,2,,127.0.0.1:1,',
    'api,BACKEND,5,9,4,UP,7,,1,120,,',
    '',
    '',
  ].join('\n');
  assert.deepEqual(parseStat(text), [
    {
      backend: 'api',
      server: 's1',
      queued: 2,
      current: 1,
      status: 'UP 1/3',
      requests: 0,
      errors: 0,
    },
    { backend: 'api', server: null, queued: 5, current: 4, status: 'UP', requests: 120, errors: 7 },
  ]);
});

test('a quoted field may hold commas and quotes', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]*$/), (check) => {
      const quoted = `"${check.replaceAll('"', '""')}"`;
      const [line] = parseStat(`${HEADER}\napi,BACKEND,0,0,0,UP,3,${quoted},1,50,,\n`);
      assert.deepEqual([line?.requests, line?.errors], [50, 3]);
    }),
  );
});

test('a column that is missing is an error, not a zero', () => {
  assert.throws(() => parseStat('# pxname,svname,qcur\n'), /no column scur/);
});
