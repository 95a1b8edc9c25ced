import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { imported } from '../../../test/support/imported.ts';
import { readProcfile } from './procfile.ts';

const one = { min: 1, max: 1 };

test('each line is a service: web gets the requests, of the others one runs', () => {
  const { config, paths } = imported((lose) =>
    readProcfile(
      'web: node server.js -p $PORT\r\n\n# a comment\n  worker :  bundle exec "a b" | tee x  \n',
      lose,
    ),
  );
  assert.deepEqual(config, {
    gateway: { routes: [{ path: '/*', service: 'web' }] },
    services: {
      web: { command: 'node server.js -p $PORT' },
      worker: { command: 'bundle exec "a b" | tee x', scale: one },
    },
  });
  assert.deepEqual(paths, ['worker'], 'that no route leads to it');
});

test('without web the first one gets the requests, and a single one needs no route', () => {
  const two = imported((lose) => readProcfile('api: a\njob: b\n', lose));
  assert.deepEqual(two.config.gateway, { routes: [{ path: '/*', service: 'api' }] });
  const single = imported((lose) => readProcfile('api: a', lose));
  assert.deepEqual(single.config, { services: { api: { command: 'a', scale: one } } });
  assert.deepEqual(single.paths, []);
});

test('variables in front of a command become those of the service, PORT and HOST are named, and so is a literal port', () => {
  const { config, paths, comments } = imported((lose) =>
    readProcfile(
      "api: HOST=0.0.0.0 PORT=4000 MODE='a b' node server.js\njob: node job.js -p 3000\n",
      lose,
    ),
  );
  assert.deepEqual(config, {
    gateway: { routes: [{ path: '/*', service: 'api' }] },
    services: {
      api: { command: 'node server.js', env: { MODE: 'a b' }, scale: one },
      job: { command: 'node job.js -p 3000', scale: one },
    },
  });
  assert.deepEqual(paths, ['api.HOST', 'api.PORT', 'job', 'job']);
  assert.match(comments.get('api')?.remarks.join() ?? '', /gateway\.port: 4000/);
  assert.match(
    comments.get('job')?.notCarried[0]?.why ?? '',
    /listens on 3000 by its command \(-p 3000\): replace 3000 by \$PORT/,
  );
  const second = imported((lose) => readProcfile('job: a\napi: PORT=1 b\n', lose));
  assert.equal(second.config.gateway?.routes?.[0]?.service, 'api', 'the one that had a port');
});

test('a PORT that a command sets further on stays and is named', () => {
  const { config, notCarried } = imported((lose) =>
    readProcfile('web: cd app && PORT=4000 node x', lose),
  );
  assert.deepEqual(config.services, { web: { command: 'cd app && PORT=4000 node x' } });
  assert.match(notCarried[0]?.why ?? '', /sets PORT within the command/);
});

test('release, lines that say nothing, and all but the last of a name are named', () => {
  const { config, paths } = imported((lose) =>
    readProcfile('web: old\nrelease: migrate\nnonsense\nempty:\nweb: new\n', lose),
  );
  assert.deepEqual(config.services, { web: { command: 'new' } });
  assert.deepEqual(paths, ['release', 'line 3', 'line 4', 'web']);
});

test('a name that our configuration does not take is changed and named', () => {
  const { config, notCarried } = imported((lose) => readProcfile('Web_App: a\nweb-app: b', lose));
  assert.deepEqual(Object.keys(config.services), ['web-app-2', 'web-app']);
  assert.match(notCarried[0]?.why ?? '', /letters, digits and dashes: Web_App became web-app-2/);
});

test('whatever the file says, each line is a service, a comment, or named', () => {
  const line = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[a-z_]{1,4}: [ -~]{1,20}$/),
    fc.constantFrom('#x', '', 'release: x'),
  );
  fc.assert(
    fc.property(fc.array(line.map((text) => text.replaceAll(/[\r\n]/g, ''))), (lines) => {
      const lost: string[] = [];
      const { services } = readProcfile(lines.join('\n'), (path, why) => {
        // What is said of a command is said of a service.
        if (!path.includes('.') && !/(?:by its|within the) command/.test(why)) lost.push(path);
      });
      const meant = lines.filter((text) => !/^\s*(?:#|$)/.test(text));
      assert.equal(services.length + lost.length, meant.length);
    }),
  );
});
