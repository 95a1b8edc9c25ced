import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Planned } from './plan.ts';
import { gatewayState, server, service } from './render/fixtures/states.ts';
import { parseServers, slotsSeen, standAs } from './seen-servers.ts';

const HEADER =
  '1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_port';

interface Shown {
  readonly port: number;
  readonly admin?: number;
  readonly weight?: number;
}

/** The answer of a worker with these slots, both servers of each alike; `api`. */
function shown(...slots: readonly Shown[]): string {
  const lines = slots.flatMap(({ port, admin = 0, weight = 100 }, slot) =>
    [`s${slot + 1}`, `s${slot + 1}b`].map(
      (name, index) => `5 api ${index} ${name} 127.0.0.1 2 ${admin} ${weight} 100 ${port}`,
    ),
  );
  return [HEADER, '3 :log 1 receiver - 2 0 1 1 0', ...lines, '', ''].join('\n');
}

const MAINT = { port: 1, admin: 5 };

function planned(): Planned {
  const servers = [server('a', 1001), server('b', 1002, 'drain')];
  return {
    state: gatewayState([service({ servers })]),
    slots: { api: ['a', 'b', null] },
    rendered: { config: '', maps: {} },
  };
}

test('servers stand as planned whichever way HAProxy was told to drain them', () => {
  for (const drained of [
    { port: 1002, admin: 8 },
    { port: 1002, weight: 0 },
  ]) {
    const seen = parseServers(shown({ port: 1001, admin: 4 }, drained, MAINT));
    assert.equal(standAs(planned(), seen), true);
  }
  // An empty place keeps the address of who sat there last.
  const left = parseServers(shown({ port: 1001 }, { port: 1002, admin: 8 }, { port: 9, admin: 1 }));
  assert.equal(standAs(planned(), left), true);
});

test('a server elsewhere, ready, gone or too many is seen', () => {
  const [a, b] = [{ port: 1001 }, { port: 1002, admin: 8 }];
  for (const text of [
    shown({ port: 1009 }, b, MAINT),
    shown(a, { port: 1002 }, MAINT),
    shown(a, b, { port: 1003 }),
    shown(a, b),
    shown(a, b, MAINT, MAINT),
    // Half of a change: the spare was not told any more.
    shown(a, b, MAINT).replace('s1b 127.0.0.1 2 0', 's1b 127.0.0.1 2 1'),
    HEADER,
  ]) {
    assert.equal(standAs(planned(), parseServers(text)), false, text);
  }
});

test('who sits where is told by address; an empty place is nobody’s, whatever address it keeps', () => {
  const seen = parseServers(shown({ port: 1002, admin: 8 }, { port: 1001, admin: 1 }, { port: 7 }));
  assert.deepEqual(slotsSeen(planned().state, seen), { api: ['b', null, null] });
});

test('an answer without the columns is an error, not an empty gateway', () => {
  assert.throws(() => parseServers('Unknown command'), /no column be_name/);
});
