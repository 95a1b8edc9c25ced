import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecisionView } from '../web/contract.ts';
import type { LiveEvent } from '../web/event-contract.ts';
import { newsOf } from './news.ts';

const decision = (current: number, desired: number): LiveEvent => ({
  event: 'decision',
  data: {
    service: 'api',
    decision: { current, desired, reasons: ['CPU 81 % is above 70 %'] } as unknown as DecisionView,
  },
});

test('a decision that changes the count is news with its reasons, one that holds is not', () => {
  assert.equal(newsOf(decision(1, 2)), 'api: 1 → 2 replicas: CPU 81 % is above 70 %');
  assert.equal(newsOf(decision(2, 2)), null);
});

test('a replica is news when it is ready or gone, with why', () => {
  const replica = (state: string, note: string | null, was: string | null = null): LiveEvent => ({
    event: 'replica',
    data: { at: '', service: 'api', replica: 'api-1', state, was, note },
  });
  assert.equal(newsOf(replica('starting', null)), null);
  assert.equal(newsOf(replica('ready', null)), 'api-1: ready');
  assert.equal(newsOf(replica('ready', 'fails its checks', 'ready')), 'api-1: fails its checks');
  assert.equal(newsOf(replica('failed', 'ended by SIGKILL')), 'api-1: failed (ended by SIGKILL)');
});

test('a reload of the gateway says why', () => {
  const event: LiveEvent = {
    event: 'gateway',
    data: { at: '', change: 'reloaded', reasons: ['route /x added'] },
  };
  assert.equal(newsOf(event), 'gateway reloaded: route /x added');
});

test('a database says itself what happened to it', () => {
  const message = 'The database main is back.';
  const data = { at: '', database: 'main', change: 'back', message } as const;
  assert.equal(newsOf({ event: 'database', data }), message);
});

test('a circuit is news when it turns, with why', () => {
  const circuit = (state: 'open' | 'half-open' | 'closed', reason: string): LiveEvent => ({
    event: 'circuit',
    data: { at: '', service: 'api', state, was: 'open', reason, untilAt: null },
  });
  assert.equal(
    newsOf(circuit('open', 'all failed')),
    'api: circuit open, requests are refused: all failed',
  );
  assert.equal(
    newsOf(circuit('half-open', 'all failed')),
    'api: circuit half-open, requests are tried one at a time',
  );
});

test('an alert is news when it fires and when it is over, not while it may', () => {
  const alert = (state: 'pending' | 'firing' | 'resolved'): LiveEvent => ({
    event: 'alert',
    data: {
      id: 'api.rps > 5',
      subject: 'api',
      state,
      message: 'api: request rate 7/s is above 5/s',
      since: '',
      byDefault: false,
      told: null,
    },
  });
  assert.equal(newsOf(alert('firing')), 'alert firing: api: request rate 7/s is above 5/s');
  assert.equal(newsOf(alert('pending')), null);
});
