import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { parseStat, type StatLine } from './stat.ts';

const HEADER =
  '# pxname,svname,qcur,qmax,scur,status,stot,eresp,cli_abrt,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,last_chk,type,req_tot,addr,dreq,econ,';

function server(counters: string): StatLine | undefined {
  return parseStat(`${HEADER}\napi,s1,2,4,1,UP 1/3,${counters},,2,9,127.0.0.1:1,,,\n`)[0];
}

test('backends and servers are read, frontends are not', () => {
  const text = [
    HEADER,
    ':gateway,FRONTEND,,,3,OPEN,9,,,,,,,1,,,0,9,,,',
    'api,s1,2,4,1,UP 1/3,31,0,0,0,20,5,3,2,0,,2,30,127.0.0.1:1,,1,',
    'api,BACKEND,5,9,4,UP,120,9,0,0,9,9,9,7,0,,1,120,,3,2,',
    '',
    '',
  ].join('\n');
  const common = { backend: 'api' };
  assert.deepEqual(parseStat(text), [
    {
      ...common,
      server: 's1',
      queued: 2,
      current: 1,
      status: 'UP 1/3',
      came: 0,
      requests: 30,
      errors: 2,
      refused: 0,
      unconnected: 1,
    },
    {
      ...common,
      server: null,
      queued: 5,
      current: 4,
      status: 'UP',
      came: 120,
      requests: 120,
      errors: 7,
      refused: 3,
      unconnected: 2,
    },
  ]);
});

test('attempts that ended without a valid answer are errors of the server, whatever HAProxy counts them as', () => {
  // stot, eresp, cli_abrt, then the answers by class; one request is in service.
  const counts = (counters: string) => {
    const { requests, errors } = server(counters) ?? {};
    return [requests, errors];
  };
  assert.deepEqual(counts('11,0,0,0,10,0,0,0,0'), [10, 0]);
  assert.deepEqual(
    counts('14,0,0,0,10,0,0,0,0'),
    [13, 3],
    'closed a connection it had used before',
  );
  assert.deepEqual(counts('14,0,3,0,10,0,0,0,0'), [10, 0], 'the clients gave up');
  assert.deepEqual(counts('11,2,0,0,10,0,0,0,0'), [12, 2], 'broke off in the middle of an answer');
  assert.deepEqual(counts('11,0,0,0,11,0,0,0,0'), [11, 0], 'the answer is on its way');
  assert.deepEqual(counts('2,0,0,1,0,0,0,0,0'), [1, 0], 'upgraded to WebSocket');
});

test('a quoted field may hold commas and quotes', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]*$/), (check) => {
      const quoted = `"${check.replaceAll('"', '""')}"`;
      const [line] = parseStat(
        `${HEADER}\napi,BACKEND,0,0,0,UP,50,0,0,0,0,0,0,3,0,${quoted},1,50,,0,\n`,
      );
      assert.deepEqual([line?.requests, line?.errors], [50, 3]);
    }),
  );
});

test('a column that is missing is an error, not a zero', () => {
  assert.throws(() => parseStat('# pxname,svname,qcur\n'), /no column scur/);
});
