import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOfRoutes, problemsOfService, problems, command } from './fixtures/resolved.ts';

test('a key that belongs a level deeper is pointed to its place', () => {
  assert.deepEqual(problemsOfService({ memory: '512MB', cpu: 2, min: 1 }), [
    'services.api.memory: is not a key of the configuration, got "512MB"; did you mean resources.memory?',
    'services.api.cpu: is not a key of the configuration, got 2; did you mean resources.cpu?',
    'services.api.min: is not a key of the configuration, got 1; did you mean scale.min?',
  ]);
});

test('a key with several places a level deeper is pointed to all of them', () => {
  assert.deepEqual(problems({ port: 80, services: { api: { command } } }), [
    'port: is not a key of the configuration, got 80; did you mean admin.port or gateway.port?',
  ]);
});

test('a size without its B is completed', () => {
  const of = (memory: string): string => problemsOfService({ resources: { memory } }).join();
  const rule = "services.api.resources.memory: must be a size such as '512MB' or '2GB', got";
  assert.equal(of('512M'), `${rule} "512M"; did you mean 512MB?`);
  assert.equal(of('1.5gi'), `${rule} "1.5gi"; did you mean 1.5GB?`);
  assert.equal(of('512'), `${rule} "512"`);
});

test('a value that stands where an object is needed is shown in its object', () => {
  assert.deepEqual(problemsOfService({ health: '/health', scale: { cooldown: '30s' } }), [
    `services.api.health: must be an object: write { path: '/health' }, got "/health"`,
    `services.api.scale.cooldown: must be an object: write { up: '30s', down: '30s' }, got "30s"`,
  ]);
  assert.deepEqual(problemsOfService({ health: 'yes' }), [
    'services.api.health: must be an object, got "yes"',
  ]);
});

test('a route in vain is told beside what else is wrong in it', () => {
  const found = problemsOfRoutes(
    { path: '/*', service: 'api', timeout: '30' },
    { path: '/a', service: 'api', bodyLimit: '1M' },
  );
  assert.equal(found.length, 3);
  assert.match(
    found[2] ?? '',
    /^gateway\.routes\[1\]: can never match: .*the more specific route first$/,
  );
});
