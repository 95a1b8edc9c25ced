/**
 * Runs before `npm start`, `npm test` and `npm run build` on whatever Node the machine has (20 is enough): brings the npm
 * packages with Node 24 among them, and HAProxy unless told `--packages`. Quiet when nothing is missing. Plain JavaScript:
 * nothing is installed yet.
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
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tools = join(root, '.tools');
const HAPROXY_LIBRARIES = [
  'liblua5.3-0',
  'libopentracing-c-wrapper0',
  'libopentracing1',
  'libpcre2-8-0',
  'libssl3',
  'libstdc++6',
];

try {
  bringPackages();
  if (!process.argv.includes('--packages')) bringHaproxy();
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

function node24Works() {
  const own = join(root, 'node_modules', 'node', 'bin', 'node');
  const found = spawnSync(existsSync(own) ? own : 'node', ['--version'], { encoding: 'utf8' });
  return /^v(2[4-9]|[3-9]\d)\./.test(found.stdout ?? '');
}

/** HAProxy from the PATH, from an earlier run, through apt or brew, or unpacked into a folder of ours. */
function bringHaproxy() {
  if (which('haproxy') || existsSync(join(tools, 'bin/haproxy'))) return;
  if (process.platform === 'darwin' && which('brew')) {
    say('Installing HAProxy with brew…');
    run('brew', ['install', 'haproxy']);
    return;
  }
  if (!which('apt-get')) {
    throw new Error(
      'HAProxy 2.6 or newer is missing and this machine has neither apt nor brew.\n→ Install haproxy and run the command again.',
    );
  }
  if (process.getuid?.() === 0) {
    say('Installing HAProxy with apt…');
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'haproxy'], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    return;
  }
  unpackHaproxy();
}

/** Without root on Debian: the package and the libraries a small system lacks, unpacked into `.tools`. */
function unpackHaproxy() {
  say("Unpacking HAProxy from Debian's packages into .tools (no root needed)…");
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-apt-'));
  const lists = ['-o', `Dir::State::lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/cache`];
  try {
    mkdirSync(join(folder, 'lists/partial'), { recursive: true });
    mkdirSync(join(folder, 'cache/archives/partial'), { recursive: true });
    run('apt-get', [...lists, 'update', '-qq']);
    run('apt-get', [...lists, 'download', '-qq', 'haproxy', ...HAPROXY_LIBRARIES], { cwd: folder });
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
      run('dpkg', ['-x', join(folder, file), tools]);
    }
    mkdirSync(join(tools, 'bin'), { recursive: true });
    writeFileSync(
      join(tools, 'bin/haproxy'),
      '#!/bin/sh\nroot=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)\n' +
        'libraries=$(echo "$root"/usr/lib/*-linux-gnu)\n' +
        'LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} exec "$root/usr/sbin/haproxy" "$@"\n',
      { mode: 0o755 },
    );
  } catch (cause) {
    throw new Error(
      'HAProxy is missing and could not be brought without root.\n' +
        '→ Run: sudo apt-get update && sudo apt-get install haproxy',
      { cause },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
