import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** What a room may import from another: all of it, its types only, or only the files named. */
type Arrow = 'all' | 'types' | readonly string[];

interface Room {
  readonly rooms: Readonly<Record<string, Arrow>>;
  /** npm packages; `docs/dependencies.md` says why each is there. */
  readonly packages: readonly string[];
  /** Pure: no clock, no randomness, no timers, no I/O. */
  readonly pure?: true;
}

const BASE_OF_PURE = ['duration', 'bytes', 'errors'] as const;

/** The table of `docs/architecture.md` as data. */
const ROOMS: Readonly<Record<string, Room>> = {
  kit: { rooms: {}, packages: ['pino'] },
  spec: { rooms: { kit: BASE_OF_PURE }, packages: ['zod'], pure: true },
  signals: { rooms: { kit: BASE_OF_PURE }, packages: [], pure: true },
  policy: {
    rooms: { kit: BASE_OF_PURE, signals: 'all', spec: 'types' },
    packages: [],
    pure: true,
  },
  process: { rooms: { kit: 'all' }, packages: [] },
  state: { rooms: { kit: 'all', spec: 'types', signals: 'types', policy: 'types' }, packages: [] },
  engine: { rooms: { kit: 'all', process: 'all', spec: 'types', signals: 'types' }, packages: [] },
  gateway: {
    rooms: { kit: 'all', process: 'all', spec: 'all', signals: 'all' },
    packages: [],
  },
  aggregate: { rooms: { kit: 'all', spec: 'types' }, packages: [] },
  databases: {
    rooms: { kit: 'all', process: 'all', spec: ['databases', 'spec'] },
    packages: ['pg', 'redis'],
  },
  tasks: {
    rooms: { kit: 'all', spec: ['tasks', 'tasks-program', 'databases', 'spec'] },
    packages: ['croner', 'fastify', 'pg', 'redis', 'undici'],
  },
  // The entries of internal services: programs of their own.
  serve: {
    rooms: { kit: 'all', aggregate: 'all', tasks: 'all', spec: ['tasks-program'] },
    packages: [],
  },
  control: {
    rooms: {
      kit: 'all',
      spec: 'all',
      signals: 'all',
      policy: 'all',
      process: 'all',
      state: 'all',
      engine: 'all',
      gateway: 'all',
      databases: 'all',
      tasks: 'all',
    },
    packages: [],
  },
  web: {
    rooms: {
      kit: 'all',
      spec: 'all',
      state: 'all',
      control: 'all',
      signals: 'types',
      // A decision's reasons are data; whoever shows them renders them.
      policy: ['decision', 'reasons'],
      // The shape of a task is the same inside and outside.
      tasks: ['task', 'books'],
    },
    packages: ['fastify'],
  },
  // The page runs in a browser: shapes of the API, and what Vite puts into the bundle.
  'web/dashboard': {
    rooms: { web: 'types' },
    packages: ['preact', '@preact/signals', 'uplot'],
  },
  lab: {
    rooms: {
      kit: 'all',
      spec: 'all',
      signals: 'all',
      policy: 'all',
      web: ['client', 'contract', 'event-contract'],
    },
    packages: [],
  },
  cli: {
    rooms: {
      kit: 'all',
      spec: 'all',
      web: ['client', 'contract', 'alert-contract', 'event-contract'],
      tasks: ['task'],
      lab: 'all',
      main: 'all',
      'prepare-project': 'all',
      offline: 'all',
      'end-project': 'all',
      doctor: 'all',
    },
    packages: ['acorn', 'commander', 'yaml'],
  },
};

/** The files of `src/` that belong to no room: they put the rooms together. */
const ROOTS = ['main', 'prepare-project', 'offline', 'end-project', 'doctor'];

/** Inside a room, folders that are pure although the room is not. */
const PURE_FILES = [
  /^gateway\/render\//,
  /^gateway\/plan\.ts$/,
  /^web\/monitoring\//,
  // All but what reads the state file for them.
  /^control\/advice\/(?!recommendations|unchanged-since)/,
];

/** Preloaded into the user's own Node: plain JavaScript that imports `node:` only. */
const PRELOAD = /^engine\/agent\//;

const IMPURE_MODULES =
  /^node:(fs|net|http|https|http2|child_process|os|timers|dgram|dns|tls|worker_threads|cluster|crypto|sqlite|readline|process)/;
const IMPURE_WORDS =
  /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|process\.hrtime|setTimeout|setInterval|setImmediate|randomUUID|randomBytes|console\.)/;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const sources = globSync('src/**/*.{ts,tsx,mjs,cjs}', { cwd: root })
  .map((path) => relative('src', path))
  .filter((path) => !/\.test\.ts$|^[^/]+\/(.+\/)?fixtures\/|^engine\/contract\.ts$/.test(path))
  .sort();

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importsOf(text: string): readonly Import[] {
  const found: Import[] = [];
  const statement =
    /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  for (const [, type, from, dynamic] of text.matchAll(statement)) {
    found.push({ specifier: (from ?? dynamic) as string, typeOnly: type !== undefined });
  }
  return found;
}

/** The first folder, except that the page is a room of its own inside another. */
function roomOf(path: string): string {
  if (path.startsWith('web/dashboard/')) return 'web/dashboard';
  return path.includes('/') ? (path.split('/')[0] as string) : 'root';
}

/** Comments and strings do not run. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/'[^'\n]*'/g, "''");
}

function violations(path: string, text: string): readonly string[] {
  const room = roomOf(path);
  if (room === 'root') return ROOTS.includes(path.replace(/\.ts$/, '')) ? [] : [`${path}: no room`];
  const rule = ROOMS[room];
  if (!rule) return [`${path}: the room ${room} is not in the table`];
  const problems: string[] = [];
  const pure = rule.pure === true || PURE_FILES.some((pattern) => pattern.test(path));

  for (const { specifier, typeOnly } of importsOf(text)) {
    if (specifier.startsWith('node:')) {
      if (pure && IMPURE_MODULES.test(specifier))
        problems.push(`${path}: pure, imports ${specifier}`);
      continue;
    }
    if (!specifier.startsWith('.')) {
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      if (PRELOAD.test(path) || !rule.packages.includes(name)) {
        problems.push(`${path}: the room ${room} may not use the package ${name}`);
      }
      continue;
    }
    const target = join(dirname(path), specifier);
    const inRoom = roomOf(target);
    const targetRoom = inRoom === 'root' ? target.replace(/\.ts$/, '') : inRoom;
    if (targetRoom === room) continue;
    const arrow = rule.rooms[targetRoom];
    const file = target.slice(targetRoom.length + 1).replace(/\.tsx?$/, '');
    const allowed =
      arrow === 'all' ||
      (arrow === 'types' && typeOnly) ||
      (Array.isArray(arrow) && arrow.includes(file));
    if (!allowed)
      problems.push(`${path}: ${room} may not import ${typeOnly ? 'type ' : ''}${target}`);
  }
  if (pure) {
    const word = IMPURE_WORDS.exec(code(text));
    if (word) problems.push(`${path}: pure, uses ${word[1]}`);
  }
  return problems;
}

test('every import follows the table of rooms, and pure rooms use no clock, chance, timer or I/O', () => {
  const problems = sources.flatMap((path) =>
    violations(path, readFileSync(join(root, 'src', path), 'utf8')),
  );
  assert.deepEqual(problems, []);
  assert.ok(sources.length > 10, 'the sources were found');
});

test('the checker finds what it is there for', () => {
  const found = (path: string, text: string): number => violations(path, text).length;
  assert.equal(found('policy/x.ts', "import { a } from '../state/store.ts';"), 1);
  assert.equal(found('policy/x.ts', "import { a } from '../spec/spec.ts';"), 1);
  assert.equal(found('policy/x.ts', "import type { A } from '../spec/spec.ts';"), 0);
  assert.equal(found('policy/x.ts', 'const now = Date.now();'), 1);
  assert.equal(found('signals/x.ts', "import { readFileSync } from 'node:fs';"), 1);
  assert.equal(found('lab/x.ts', "import { a } from '../control/loop.ts';"), 1);
  assert.equal(found('lab/x.ts', "import { a } from '../web/client.ts';"), 0);
  assert.equal(found('cli/x.ts', "await import('../state/open.ts');"), 1);
  assert.equal(found('gateway/render/x.ts', "import { a } from 'left-pad';"), 1);
  assert.equal(found('gateway/plan.ts', 'setTimeout(f, 1)'), 1);
});
