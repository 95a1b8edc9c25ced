import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { imported } from '../../../test/support/imported.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { evaluateConfig } from '../evaluate-config.ts';
import { readCompose } from './compose.ts';
import { readPm2 } from './pm2.ts';
import { renderConfig } from './render.ts';

const GOLDEN = `// Written by \`tidegate import docker-compose.yml\`. Check it: tidegate config check   Start: tidegate up
// All keys: docs/configuration.md of Tidegate, or let the editor complete them.
//
// To be mended before \`tidegate up\` takes it:
//   services.mail.command: is missing: it must say what to run, such as 'node server.js'
//
// Not carried over:
//   networks: programs on the machine share 127.0.0.1
import { defineConfig } from 'tidegate';

export default defineConfig({
  gateway: {
    port: 8000,
    routes: [{ path: '/*', service: 'api' }],
  },

  services: {
    // As many as ran before at most, as few as the load needs. Raise scale.min to keep more.
    // It listened on 80 in its container and must listen on $PORT now, a port above 1024: no root is needed for it.
    // Not carried over:
    //   services.api.depends_on: services start side by side: a program must wait for what it needs
    api: {
      command: 'node server.js',
      env: { KEY: { env: 'KEY' }, TEXT: 'a \`b\` \${c}' },
      scale: { min: 1, max: 2 },
    },

    // One ran before. Raise scale.max once several may run side by side.
    // Not carried over:
    //   services.mail.build: nothing is built: what the Dockerfile installs and compiles must be there before \`tidegate up\`
    //   services.mail.command: is that of the Dockerfile or the image (CMD, ENTRYPOINT): write it as command
    //   services.mail: no route leads to it: one above '/*' in gateway.routes would. It must listen on $PORT all the same, or it never counts as ready
    mail: {
      cwd: 'mail',
      scale: { min: 1, max: 1 },
    },
  },
});
`;

test('the configuration is written as a person would, with what is lost beside where it belongs', () => {
  const result = imported((lose) =>
    readCompose(
      {
        networks: {},
        services: {
          api: {
            command: 'node server.js',
            ports: ['127.0.0.1:8000:80'],
            environment: ['KEY', 'TEXT=a `b` $${c}'],
            depends_on: ['mail'],
            scale: 2,
          },
          mail: { build: 'mail' },
        },
      },
      lose,
    ),
  );
  assert.equal(renderConfig(result, 'docker-compose.yml'), GOLDEN);
});

test('whatever texts a file has, the written configuration evaluates to what was meant', async (t) => {
  const folder = temporaryFolder(t);
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '`${process.exit(3)}`',
      "'); throw 1; ('",
      '\nthrow 1',
      '\u2028throw 1',
      '*/',
      '\\',
      '__proto__',
    ),
  );
  const app = fc.record({
    name: text,
    script: text,
    args: fc.array(text),
    cwd: text,
    env: fc.dictionary(text, text),
    odd: text,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(app, { minLength: 1, maxLength: 3 }), text, async (apps, source) => {
      const result = imported((lose) =>
        readPm2({ apps, [source]: 1 }, { env: undefined, environment: null }, lose),
      );
      const path = join(folder, 'tidegate.config.ts');
      writeFileSync(path, renderConfig(result, source));
      assert.deepEqual(await evaluateConfig(path), result.config);
      rmSync(path);
    }),
    { numRuns: 25 },
  );
});
