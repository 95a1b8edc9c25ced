/**
 * Runs before `npm start`, `npm test` and `npm run build` on whatever Node the machine has (20 is enough): brings the npm
 * packages with Node 24 among them, HAProxy and the built dashboard unless told `--packages`, with `--databases` PostgreSQL
 * and Redis, and with `--tests` these and what the tests need besides.
 * Quiet when nothing is missing. Plain JavaScript: nothing is installed yet.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tools = join(root, '.tools');
const debianPostgres = '/usr/lib/postgresql';

/** What apt or brew brings. `libraries`: what a small Debian lacks, where the packages are only unpacked. */
const HAPROXY = {
  name: 'HAProxy',
  packages: ['haproxy'],
  programs: ['usr/sbin/haproxy'],
  libraries: [
    'liblua5.3-0',
    'libopentracing-c-wrapper0',
    'libopentracing1',
    'libpcre2-8-0',
    'libssl3',
    'libstdc++6',
  ],
  brew: 'haproxy',
};
const REDIS = {
  name: 'Redis',
  packages: ['redis-server'],
  programs: ['usr/bin/redis-server'],
  // In Debian the server is a link to a program of its tools.
  libraries: ['redis-tools', 'libatomic1', 'libjemalloc2', 'liblzf1', 'libssl3', 'libsystemd0'],
  brew: 'redis',
};
const OPENSSL = {
  name: 'openssl',
  packages: ['openssl'],
  programs: ['usr/bin/openssl'],
  libraries: ['libssl3'],
  brew: 'openssl',
};
const CURL = {
  name: 'curl',
  packages: ['curl'],
  programs: ['usr/bin/curl'],
  libraries: [
    'libbrotli1',
    'libcom-err2',
    'libcurl4',
    'libgssapi-krb5-2',
    'libidn2-0',
    'libk5crypto3',
    'libkeyutils1',
    'libkrb5-3',
    'libkrb5support0',
    'libldap-2.5-0',
    'libnghttp2-14',
    'libpsl5',
    'librtmp1',
    'libsasl2-2',
    'libssh2-1',
    'libssl3',
    'libunistring2',
    'libzstd1',
  ],
  brew: 'curl',
};
const POSTGRES = {
  name: 'PostgreSQL',
  packages: ['postgresql'],
  programs: ['usr/lib/postgresql/15/bin/postgres', 'usr/lib/postgresql/15/bin/initdb'],
  libraries: [
    'postgresql-15',
    'postgresql-client-15',
    'libcom-err2',
    'libgssapi-krb5-2',
    'libicu72',
    'libk5crypto3',
    'libkeyutils1',
    'libkrb5-3',
    'libkrb5support0',
    'libldap-2.5-0',
    'liblz4-1',
    'libpam0g',
    'libpq5',
    'libsasl2-2',
    'libssl3',
    'libstdc++6',
    'libsystemd0',
    'libxml2',
    'libzstd1',
  ],
  brew: 'postgresql@15',
};
/** Installed, Debian's package would start a server for the whole machine, and bring twelve more. */
const PROMETHEUS = {
  name: 'Prometheus',
  packages: ['prometheus'],
  programs: ['usr/bin/prometheus', 'usr/bin/promtool'],
  libraries: [],
  brew: 'prometheus',
  onlyUnpacked: true,
};

/** What it needs is much and changes with each version: apt is asked. In a folder of its own, since that brings programs. */
const CHROMIUM = {
  name: 'Chromium',
  packages: ['chromium'],
  programs: ['usr/lib/chromium/chromium'],
  libraries: 'as apt says',
  folder: 'chromium',
  fonts: true,
  brew: 'chromium',
};

const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir prefix="relative">usr/share/fonts</dir></fontconfig>
`;

try {
  bringPackages();
  const asked = (option) => process.argv.includes(option);
  if (!asked('--packages')) {
    bring(HAPROXY);
    buildPage();
  }
  if (asked('--databases') || asked('--tests')) for (const tool of [REDIS, POSTGRES]) bring(tool);
  if (asked('--tests')) for (const tool of [OPENSSL, CURL, PROMETHEUS, CHROMIUM]) bring(tool);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/**
 * Installs unless what is there came from this very lock file and Node 24 is among it. Not `npm ci`: it refuses a lock file
 * that lacks the optional packages of other platforms, which not every registry has.
 */
function bringPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = join(root, 'node_modules', '.tidegate-lock');
  const digest = createHash('sha256').update(lock).digest('hex');
  const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
  if (fresh && node24Works()) return;
  say('Installing the npm packages, Node 24 among them (about 20 s)…');
  // Without warnings: they would be about the Node it runs on, which is the one it replaces.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
  });
  if (!node24Works()) {
    throw new Error(
      'Node 24 did not arrive with the npm package "node".\n' +
        '→ Install Node 24 yourself (https://nodejs.org) and run the command again.',
    );
  }
  writeFileSync(stamp, digest);
}

/** Where it was built from other sources, or never. */
function buildPage() {
  run(node(), [join(root, 'scripts', 'build-dashboard.ts'), '--if-changed'], { cwd: root });
}

function node() {
  const own = join(root, 'node_modules', 'node', 'bin', 'node');
  return existsSync(own) ? own : 'node';
}

function node24Works() {
  const found = spawnSync(node(), ['--version'], { encoding: 'utf8' });
  return /^v(2[4-9]|[3-9]\d)\./.test(found.stdout ?? '');
}

/** From the machine, from an earlier run, through apt or brew, or unpacked into a folder of ours. */
function bring(tool) {
  const { name, packages, brew, onlyUnpacked } = tool;
  if (isThere(tool)) return;
  if (process.platform === 'darwin' && which('brew')) {
    say(`Installing ${name} with brew…`);
    run('brew', ['install', brew]);
    return;
  }
  if (!which('apt-get')) {
    throw new Error(
      `${name} is missing and this machine has neither apt nor brew.\n→ Install ${packages.join(' ')} and run the command again.`,
    );
  }
  if (process.getuid?.() === 0 && !onlyUnpacked) {
    say(`Installing ${name} with apt…`);
    if (tool === POSTGRES) withoutMainCluster();
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    return;
  }
  unpack(tool);
}

function isThere({ programs }) {
  return programs.every((path) => {
    const name = basename(path);
    const versions = existsSync(debianPostgres) ? readdirSync(debianPostgres) : [];
    return (
      which(name) ||
      existsSync(join(tools, 'bin', name)) ||
      versions.some((version) => existsSync(join(debianPostgres, version, 'bin', name)))
    );
  });
}

/** Projects start servers of their own: the one that Debian would start is not needed. */
function withoutMainCluster() {
  const settings = '/etc/postgresql-common/createcluster.conf';
  if (existsSync(settings)) return;
  mkdirSync(dirname(settings), { recursive: true });
  writeFileSync(settings, 'create_main_cluster = false\n');
}

/** Into `.tools`, for which no root is needed: the packages and the libraries a small Debian lacks. */
function unpack({ name, packages, programs, libraries, folder: own = '.', fonts = false }) {
  say(`Unpacking ${name} from Debian's packages into .tools (no root needed)…`);
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-apt-'));
  const lists = ['-o', `Dir::State::lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/cache`];
  // As root apt would try to become a user who cannot write there, and say so.
  lists.push('-o', 'APT::Sandbox::User=root');
  try {
    mkdirSync(join(tools, own), { recursive: true });
    mkdirSync(join(folder, 'lists/partial'), { recursive: true });
    mkdirSync(join(folder, 'cache/archives/partial'), { recursive: true });
    run('apt-get', [...lists, 'update', '-qq']);
    const needed = Array.isArray(libraries) ? libraries : missingFor(packages, lists);
    run('apt-get', [...lists, 'download', '-qq', ...packages, ...needed], { cwd: folder });
    for (const file of readdirSync(folder).filter((each) => each.endsWith('.deb'))) {
      run('dpkg', ['-x', join(folder, file), join(tools, own)]);
    }
    mkdirSync(join(tools, 'bin'), { recursive: true });
    // The machine has none that the unpacked program would find.
    if (fonts) writeFileSync(join(tools, own, 'fonts.conf'), FONTS);
    for (const program of programs) writeStarter(program, own);
  } catch (cause) {
    throw new Error(
      `${name} is missing and could not be brought without root.\n` +
        `→ Run: sudo apt-get update && sudo apt-get install ${packages.join(' ')}`,
      { cause },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The packages that apt would install with these on this machine. */
function missingFor(packages, lists) {
  const asked = ['install', '--print-uris', '-qq', '-y', '--no-install-recommends', ...packages];
  const { stdout, status } = spawnSync(
    'apt-get',
    [...lists, '-o', 'Debug::NoLocking=1', ...asked],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`apt-get ${asked.join(' ')} failed with exit code ${status}.`);
  // 'http://…' libx_1.2_amd64.deb 1234 SHA256:…
  return [...stdout.matchAll(/^'[^']*' ([^_\s]+)_/gm)].map(([, name]) => name);
}

/** A program in `.tools/bin` that runs the unpacked one with the unpacked libraries. */
function writeStarter(program, folder) {
  writeFileSync(
    join(tools, 'bin', basename(program)),
    `#!/bin/sh\nroot=$(CDPATH= cd -- "$(dirname -- "$0")/../${folder}" && pwd -P)\n` +
      // Some packages still say /lib.
      'libraries=$(printf %s: "$root"/usr/lib/*-linux-gnu "$root"/usr/lib/*-linux-gnu/pulseaudio "$root"/lib/*-linux-gnu)\n' +
      '[ ! -e "$root/fonts.conf" ] || export FONTCONFIG_FILE="$root/fonts.conf"\n' +
      `LD_LIBRARY_PATH=\${libraries%:}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} exec "$root/${program}" "$@"\n`,
    { mode: 0o755 },
  );
}

function which(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, name)));
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2], ...options });
  if (status !== 0)
    throw new Error(
      `${[command, ...args].join(' ')} failed${error ? `: ${error.message}` : ` with exit code ${status}`}.`,
    );
}

function say(sentence) {
  console.error(sentence);
}
