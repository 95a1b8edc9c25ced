import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service as serviceView } from '../../../../test/support/fake-control.ts';
import type { RecommendationView } from '../../recommendation-contract.ts';
import { serviceStatusOf } from '../../status.ts';
import { basisText, changeOf, changeText, inOrder, isOpen } from './recommendation-words.ts';

const API = serviceStatusOf(serviceView());
const FOUND: RecommendationView = {
  id: 'api.memory-limit',
  service: API.name,
  kind: 'saving',
  title: 'The limit could be 256 MB.',
  evidence: 'memory was never above 31 % of 512 MB',
  from: '2026-02-26T12:00:00.000Z',
  to: '2026-03-01T12:00:00.000Z',
  change: { key: 'services.api.resources.memory', value: "'256mb'" },
  command: null,
  action: null,
};

test('trouble comes before advice, and advice before what could be saved', () => {
  const kinds = (['saving', 'advice', 'trouble'] as const).map((kind) => ({ ...FOUND, kind }));
  assert.deepEqual(
    inOrder(kinds).map(({ kind }) => kind),
    ['trouble', 'advice', 'saving'],
  );
});

test('it says on what it rests, and what one would write', () => {
  assert.equal(basisText(FOUND), 'seen over 3 d');
  assert.ok(FOUND.change);
  assert.equal(changeText(FOUND.change), "services.api.resources.memory: '256mb'");
});

test('a button does what its service can, and there is none for a service that is gone', () => {
  const commandOf = (action: RecommendationView['action']): string | undefined =>
    changeOf({ ...FOUND, action }, [API])?.command;
  assert.equal(commandOf(null), undefined);
  assert.equal(commandOf('release'), 'tidegate scale api auto');
  assert.equal(commandOf('resume'), 'tidegate resume api');
  assert.equal(changeOf({ ...FOUND, service: 'gone', action: 'resume' }, [API]), null);
});

test('what a person held and has let go is no longer advised, though nobody was asked anew', () => {
  const release = { ...FOUND, action: 'release' } as const;
  const resume = { ...FOUND, action: 'resume' } as const;
  assert.equal(isOpen(release, [{ ...API, pinned: 3 }]), true);
  assert.equal(isOpen(release, [{ ...API, pinned: null }]), false);
  assert.equal(isOpen(resume, [{ ...API, paused: true }]), true);
  assert.equal(isOpen(resume, [{ ...API, paused: false }]), false);
  assert.equal(isOpen(FOUND, [API]), true);
});
