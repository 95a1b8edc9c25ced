import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHaproxy, sendRaw } from './fixtures/haproxy.ts';
import { gatewayState, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('a trace goes on where it is well-formed, and begins anew without its state where it is not', async (t) => {
  const a = await startUpstream(t, 'a');
  const haproxy = await runHaproxy(t, gatewayState([service({ servers: [server('x', a.port)] })]));
  const told = async (...traces: readonly string[]): Promise<readonly (string | undefined)[]> => {
    const lines = traces.map((trace) => `traceparent: ${trace}\r\n`).join('');
    const answer = await sendRaw(
      haproxy.port,
      `GET / HTTP/1.1\r\nHost: x\r\n${lines}TraceState: a=1\r\nConnection: close\r\n\r\n`,
    );
    const body = answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1);
    const { headers } = JSON.parse(body) as { headers: Record<string, string> };
    return [headers['traceparent'], headers['tracestate']];
  };
  for (const trace of [
    `00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-00`,
    `cc-${TRACE}-${SPAN}-01`,
    `01-${TRACE}-${SPAN}-01-and-what-comes-later`,
  ]) {
    assert.deepEqual(await told(trace), [trace, 'a=1']);
  }
  for (const trace of [
    '',
    'x',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01x`,
    `01-${TRACE}-${SPAN}-01x`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}0-${SPAN}-01`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
    `0-${TRACE}-${SPAN}-01`,
    ` 00-${TRACE}-${SPAN}-0g`,
  ]) {
    const [parent, state] = await told(trace);
    assert.match(parent ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/, trace);
    assert.notEqual(parent, trace);
    assert.equal(state, undefined, trace);
  }
  const [twice, state] = await told(`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`);
  assert.doesNotMatch(twice ?? '', new RegExp(TRACE));
  assert.equal(state, undefined);
  const [none, alone] = await told();
  assert.match(none ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  assert.equal(alone, undefined);
});
