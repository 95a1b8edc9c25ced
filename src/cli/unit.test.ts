import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { codeOf } from '../kit/errors.ts';
import { configOfUnit, renderUnit } from './unit.ts';
import type { UnitFacts } from './unit.ts';

const shop: UnitFacts = {
  name: 'shop',
  configPath: '/srv/shop/tidegate.config.ts',
  program: ['/usr/bin/node', '--max-semi-space-size=2', '/opt/tidegate/dist/cli/start.js'],
  searchPath: '/usr/local/bin:/usr/bin:/bin',
  user: 'www-data',
};

const GOLDEN = `# Written by \`tidegate install\` for /srv/shop/tidegate.config.ts
# Write it again the same way; what you add yourself belongs into a drop-in: systemctl edit.
[Unit]
Description=shop, run by Tidegate
Wants=network-online.target
After=network-online.target
# Started again for as long as it takes.
StartLimitIntervalSec=0

[Service]
Type=exec
User=www-data
WorkingDirectory=/srv/shop
Environment=PATH=/usr/local/bin:/usr/bin:/bin
ExecStart=/usr/bin/node --max-semi-space-size=2 /opt/tidegate/dist/cli/start.js up --keep -c /srv/shop/tidegate.config.ts
# Only the control plane is ended: HAProxy and the replicas go on serving and are adopted by the next start.
KillMode=process
TimeoutStopSec=30
# A control plane that was killed comes back; one that \`tidegate down\` ended, or hurried to its end (130), does not, nor
# one whose configuration is wrong (2).
Restart=on-failure
RestartSec=1
RestartPreventExitStatus=2 130
# A replica that the kernel ends for want of memory is Tidegate's to replace, and no reason to stop the others.
OOMPolicy=continue
LimitNOFILE=65536
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;

test('the unit of the machine runs `up --keep` as its user and ends the control plane alone', () => {
  assert.equal(renderUnit(shop), GOLDEN);
});

test("a user's own unit names no user and waits for nothing a user's systemd does not know", () => {
  const text = renderUnit({ ...shop, user: null });
  assert.doesNotMatch(text, /^User=|network-online/m);
  assert.match(text, /^WantedBy=default\.target$/m);
});

test('a unit tells which configuration it was written for, and a foreign one tells none', () => {
  assert.equal(configOfUnit(renderUnit(shop)), shop.configPath);
  for (const text of ['', '[Unit]\n', '# Written by hand\n', `\n${GOLDEN}`]) {
    assert.equal(configOfUnit(text), null, text);
  }
});

test('spaces, quotes, backslashes, % and $ in a path reach the program as they are', () => {
  const word = fc.stringMatching(/^\/[a-z %$"'\\{}é=;]{0,20}[a-z"']$/);
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 2, maxLength: 4 }),
      word,
      word,
      (program, config, path) => {
        const configPath = `${config}/tidegate.config.ts`;
        const text = renderUnit({ ...shop, program, configPath, searchPath: path });
        const argv = withoutShell(wordsOf(line(text, 'ExecStart'), true));
        assert.deepEqual(argv, [...program, 'up', '--keep', '-c', configPath]);
        assert.deepEqual(wordsOf(line(text, 'Environment'), false), [`PATH=${path}`]);
        assert.equal(line(text, 'WorkingDirectory').replaceAll('%%', '%'), config);
        assert.equal(configOfUnit(text), configPath);
      },
    ),
  );
});

test('what no unit can say is refused', () => {
  const refused: readonly Partial<UnitFacts>[] = [
    { configPath: '/srv/a\nExecStart=/bin/evil/x.ts' },
    { configPath: '/srv/a\r/x.ts' },
    { configPath: '/srv/ends in a space /x.ts' },
    { configPath: '/srv/ends in a backslash\\/x.ts' },
    { searchPath: '/bin\n[Install]' },
    { program: ['/usr/bin/no\tde', '/x'] },
  ];
  for (const facts of refused) {
    assert.throws(
      () => renderUnit({ ...shop, ...facts }),
      (thrown) => codeOf(thrown) === 'UNIT_TEXT',
      JSON.stringify(facts),
    );
  }
});

// Private

function line(text: string, key: string): string {
  return new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? assert.fail(key);
}

/** Reads a line as systemd.syntax(7) has it: quotes, backslash escapes, then `%%`, then `$$` behind the first word. */
function wordsOf(text: string, isCommand: boolean): readonly string[] {
  const words: string[] = [];
  for (const [written] of text.matchAll(/"(?:[^"\\]|\\.)*"|[^\s"']+/g)) {
    const bare = written.startsWith('"')
      ? written.slice(1, -1).replaceAll(/\\(.)/g, '$1')
      : written;
    const word = bare.replaceAll('%%', '%');
    words.push(isCommand && words.length > 0 ? word.replaceAll('$$', '$') : word);
  }
  return words;
}

/** systemd refuses a program whose path has a quote or a backslash. */
function withoutShell(argv: readonly string[]): readonly string[] {
  assert.doesNotMatch(argv[0] ?? '', /["'\\]/);
  return argv[0] === '/bin/sh' && argv[2] === 'exec "$0" "$@"' ? argv.slice(3) : argv;
}
