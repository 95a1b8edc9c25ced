import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testReplica } from '../../test/support/replica.ts';
import { observe } from './replica-health.ts';

const MB = 2 ** 20;
const service = {
  health: {
    path: '/',
    intervalMs: 1000,
    timeoutMs: 2000,
    startupMs: 60_000,
    replaceAfterMs: 60_000,
  },
  resources: { cpu: null, memoryBytes: 100 * MB },
};
const ready = () => testReplica('api-1');
const server = (healthy: boolean) => ({
  replica: 'api-1',
  inFlight: 0,
  requests: 0,
  errors: 0,
  healthy,
});
const usage = (megabytes: number) => ({
  id: 'api-1',
  cpuCores: 0,
  memoryBytes: megabytes * MB,
  eventLoop: null,
});

test('a replica is replaced after a minute of failing checks, not before', () => {
  const replica = ready();
  const see = (at: number, healthy: boolean) =>
    observe(replica, service, { server: server(healthy), usage: null }, at);
  assert.equal(see(0, false), 'failing', 'it is told when it begins');
  assert.equal(see(59_000, false), null);
  assert.equal(replica.condemned, null);
  assert.equal(see(60_000, false), 'condemned');
  assert.match(replica.condemned ?? '', /failed its health checks for 1 min/);
  assert.equal(see(61_000, false), null, 'it is told once');
});

test('one good answer begins the minute anew: a busy replica is not killed for being busy', () => {
  const replica = ready();
  for (let at = 0; at <= 300_000; at += 1000) {
    const healthy = at % 50_000 === 0;
    observe(replica, service, { server: server(healthy), usage: null }, at);
  }
  assert.equal(replica.condemned, null);
});

test('a replica that passes its checks again is told once', () => {
  const replica = ready();
  const see = (at: number, healthy: boolean) =>
    observe(replica, service, { server: server(healthy), usage: null }, at);
  const told = [true, false, false, true, true].map((healthy, at) => see(at * 1000, healthy));
  assert.deepEqual(told, [null, 'failing', null, 'recovered', null]);
});

test('above its memory for ten seconds it is replaced, a spike is let pass', () => {
  const replica = ready();
  const see = (at: number, megabytes: number) =>
    observe(replica, service, { server: null, usage: usage(megabytes) }, at);
  see(0, 120);
  see(9000, 90);
  see(10_000, 120);
  assert.equal(see(19_000, 120), null);
  assert.equal(see(20_000, 120), 'condemned');
  assert.match(replica.condemned ?? '', /120 MB, allowed 100 MB/);
});

test('silence changes nothing', () => {
  const replica = ready();
  observe(replica, service, { server: server(false), usage: usage(120) }, 0);
  observe(replica, service, { server: null, usage: null }, 5000);
  assert.equal(replica.unhealthySince, 0);
  assert.equal(replica.overMemorySince, 0);
});

test('a clock that is set back begins the wait anew instead of stretching it by as much', () => {
  const replica = ready();
  const see = (at: number) => observe(replica, service, { server: null, usage: usage(120) }, at);
  see(3_600_000);
  assert.equal(see(1000), null);
  assert.equal(see(11_000), 'condemned');
});
