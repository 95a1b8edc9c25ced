import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AGGREGATOR } from '../spec/aggregator.ts';
import { resolved } from '../spec/fixtures/resolved.ts';
import { revisionDefinition, revisionId } from '../spec/revision.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import { DISPATCH_SERVICE, TASKS_SERVICE } from '../spec/tasks-program.ts';
import type { RevisionStore } from '../state/revisions.ts';
import type { Target } from './target.ts';
import { oneOfFile, previousOf, wholeFile } from './target.ts';

const config = (api: string, web?: string) => {
  const services = { api: { command: api }, ...(web && { web: { command: web } }) };
  const routes = Object.keys(services).map((service) => ({ path: `/${service}`, service }));
  const input = { gateway: { routes }, services };
  return { input, spec: resolved(input) };
};
const commandOf = ({ spec }: Pick<Target, 'spec'>, name: string) => {
  const command = spec.services[name]?.command;
  return command?.kind === 'argv' ? command.argv[0] : undefined;
};
const previously = (service: ServiceSpec | undefined): Pick<RevisionStore, 'previous'> => ({
  previous: (name) =>
    service
      ? {
          service: name,
          id: revisionId(service),
          definition: revisionDefinition(service),
          createdAt: 0,
        }
      : null,
});

test('one service of the file comes into what is in force, the others stay', () => {
  const target = oneOfFile(wholeFile(config('a', 'w')), config('b', 'v'), 'web', resolved);
  assert.equal(commandOf(target, 'api'), 'a');
  assert.equal(commandOf(target, 'web'), 'v');
});

test('a service that the file does not have any more is taken out, unless a route leads to it', () => {
  const inForce = wholeFile(config('a', 'w'));
  assert.throws(() => oneOfFile(inForce, config('a'), 'web', resolved), /web/);
  assert.throws(() => oneOfFile(inForce, config('a'), 'nobody', resolved), {
    code: 'UNKNOWN_SERVICE',
  });
});

test('a service of our own is not deployed or rolled back by itself', () => {
  const inForce = wholeFile(config('a'));
  const refused = { code: 'FOLLOWS_ROUTES' };
  for (const own of [AGGREGATOR, TASKS_SERVICE, DISPATCH_SERVICE]) {
    assert.throws(() => oneOfFile(inForce, config('a'), own, resolved), refused);
    const before = previously(inForce.spec.services['api']);
    assert.throws(() => previousOf(inForce, own, before, resolved), refused);
  }
});

test('a rolled-back service is started from its revision before until the file is deployed again', () => {
  const inForce = wholeFile(config('new'));
  const before = config('old').spec.services['api'];
  const back = previousOf(inForce, 'api', previously(before), resolved);
  assert.equal(commandOf(back, 'api'), 'old');
  assert.deepEqual(Object.keys(back.applied.overrides), ['api']);
  assert.equal(commandOf(oneOfFile(back, config('new'), 'api', resolved), 'api'), 'new');

  const there = previousOf(back, 'api', previously(inForce.spec.services['api']), resolved);
  assert.deepEqual(there.applied, inForce.applied, 'there and back leaves nothing behind');
});

test('without a revision before there is nothing to go back to', () => {
  assert.throws(() => previousOf(wholeFile(config('a')), 'api', previously(undefined), resolved), {
    code: 'NO_PREVIOUS_REVISION',
  });
});

test('name, admin port and bounds are those of now', () => {
  const { applied, spec } = wholeFile(config('a', 'w'));
  const inForce = { applied, spec: { ...spec, name: 'renamed' } };
  assert.equal(oneOfFile(inForce, config('b', 'w'), 'api', resolved).spec.name, 'renamed');
});
