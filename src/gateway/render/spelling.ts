import type { GatewaySpec } from '../../spec/spec.ts';
import type { GatewayMachine, GatewayPaths, Rendered } from '../plan.ts';
import { errorBody } from './error-pages.ts';
import { word } from './quote.ts';
import { isParameter, percentEncoded } from './route-pattern.ts';

/**
 * Routes choose by the path as it was sent, services by what they make of it. A path that some service may read as one of
 * other routes is refused, unless `gateway.paths` is `as-sent`; see `lua/spelling.lua`, which says what readings there are.
 * Here are the lines that give it what might be such a path, and the same judgement for `explain route`.
 */

const SPELLING_PROGRAM = 'spelling.lua';

/** In the rendered folder: the paths of the routes, for the program. */
const PATHS_FILE = 'paths.map';

/** `txn.odd` is what may be misread; the program takes it away again where that makes no difference. */
export function spellingLines(
  gateway: Pick<GatewaySpec, 'paths' | 'routes'>,
  { lua }: Pick<GatewayMachine, 'lua'>,
): readonly string[] {
  const paths = judgedPaths(gateway);
  if (paths.length === 0) return [];
  return [
    `http-request set-var(txn.odd) bool(1) if { path -m reg -- ${word(oddSource(paths))} }`,
    // Without the program nothing says which of these paths are harmless.
    ...(lua ? [`http-request lua.tidegate-spelling if ${ODD}`] : []),
    `http-request return status 400 content-type application/problem+json string '${REFUSED}' hdr Cache-Control no-store if ${ODD}`,
  ];
}

export function spellingLoadLines(
  gateway: Pick<GatewaySpec, 'paths' | 'routes'>,
  paths: GatewayPaths,
  { lua }: Pick<GatewayMachine, 'lua'>,
): readonly string[] {
  if (!lua || judgedPaths(gateway).length === 0) return [];
  return [`lua-load-per-thread ${word(`${paths.folder}/${SPELLING_PROGRAM}`)}`];
}

export function spellingFiles(
  gateway: Pick<GatewaySpec, 'paths' | 'routes'>,
  { lua, programs }: Pick<GatewayMachine, 'lua' | 'programs'>,
): Rendered['maps'] {
  const paths = judgedPaths(gateway);
  if (!lua || paths.length === 0) return {};
  const lines = paths.map((path, index) => {
    const { text, below } = patternOf(path);
    return `${index + 1} ${below ? 'below' : 'exact'}:${text}\n`;
  });
  return { [SPELLING_PROGRAM]: programs[SPELLING_PROGRAM] ?? '', [PATHS_FILE]: lines.join('') };
}

/** Whether the gateway refuses this path (no query) because it could be read as another. */
export function isMisread(gateway: Pick<GatewaySpec, 'paths' | 'routes'>, path: string): boolean {
  const paths = judgedPaths(gateway);
  if (paths.length === 0 || !new RegExp(oddSource(paths)).test(path)) return false;
  const bytes = decoded(path);
  if (path.replaceAll(ESCAPE, '').includes('%') || OVERLONG.test(bytes)) return true;
  const own = path.split('/');
  const all = readings(path);
  return (
    all === null ||
    all.some((reading) => {
      if (UNSOUND.test(reading) || DOTS.test(reading)) return true;
      const segments = reading.split('/');
      return paths.some((route) => {
        const pattern = patternOf(route);
        const forms = (readings(pattern.text) ?? []).map((text) => ({ ...pattern, text }));
        return matches(pattern, own) !== forms.some((form) => matches(form, segments));
      });
    })
  );
}

// Private

const ODD = '{ var(txn.odd) -m found }';
const REFUSED = errorBody(400, 'The path could be read as another one.');

const MOST_READINGS = 64;
const MOST_BYTES = 65_536;
const ESCAPE = /%[0-9a-f]{2}/gi;
const DOTS = /\/\.\.?(?:\/|$)/;
// oxlint-disable-next-line no-control-regex -- control characters are what it finds
const UNSOUND = /[\u0000-\u001f\u007f\\]/;
/** Characters below 128 in two to four bytes. */
const OVERLONG = /[\u00c0\u00c1]|\u00e0[\u0080-\u009f]|\u00f0[\u0080-\u008f]/;

/** The paths that routes are told apart by. */
function judgedPaths({ paths, routes }: Pick<GatewaySpec, 'paths' | 'routes'>): readonly string[] {
  if (paths === 'as-sent') return [];
  return [...new Set(routes.map(({ path }) => path))].filter((path) => path !== '/*');
}

/**
 * What is worth a look: few of the paths that clients send. `%20` and what lies beyond ASCII is the same in every reading.
 * Of capital letters, and a slash at the end, only those that are missing for a route's path.
 */
function oddSource(paths: readonly string[]): string {
  const almost = paths.map((path) => {
    const { text, below } = patternOf(path);
    const source = text
      .split('/')
      .map((segment) =>
        segment === ' ' ? '[^/]+' : segment.replaceAll(/[^A-Za-z0-9_-]/g, escaped),
      )
      .join('/');
    const slashless = source.replace(/\/$/, '');
    return below
      ? `(?!${source}(?:/|$))${anyCase(source)}(?:/|$)`
      : `(?!${source}$)${anyCase(slashless)}/?$`;
  });
  return [
    `^(?:${almost.join('|')})`,
    '//',
    String.raw`/\.\.?(?:/|$)`,
    String.raw`[\\;]`,
    '%(?!20|[89ABDEFabdef][0-9A-Fa-f]|[Cc][2-9A-Fa-f])',
    '%[Ee]0%[89]',
    '%[Ff]0%8',
  ].join('|');
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Not a flag in the middle: JavaScript reads the same. */
function anyCase(source: string): string {
  return source.replaceAll(/\\x..|\[\^\/\]|[A-Za-z]/g, (found) =>
    found.length > 1 ? found : `[${found.toUpperCase()}${found.toLowerCase()}]`,
  );
}

interface Pattern {
  /** A blank stands for a parameter. */
  readonly text: string;
  readonly below: boolean;
}

function patternOf(path: string): Pattern {
  const below = path.endsWith('/*');
  const fixed = percentEncoded(below ? path.slice(0, -2) : path);
  return {
    text: fixed
      .split('/')
      .map((segment) => (isParameter(segment) ? ' ' : segment))
      .join('/'),
    below,
  };
}

function matches({ text, below }: Pattern, segments: readonly string[]): boolean {
  const wanted = text.split('/');
  if (segments.length < wanted.length || (segments.length > wanted.length && !below)) return false;
  return wanted.every((segment, at) =>
    segment === ' ' ? segments[at] !== '' : segment === segments[at],
  );
}

function decoded(text: string): string {
  return text.replaceAll(ESCAPE, (escape) =>
    String.fromCharCode(Number.parseInt(escape.slice(1), 16)),
  );
}

const STEPS: readonly ((text: string) => string)[] = [
  decoded,
  (text) => text.replaceAll(/;[^/]*/g, ''),
  (text) => text.replace(/[;?#].*$/s, ''),
  (text) => text.replaceAll(/\/\/+/g, '/'),
  (text) => text.replace(/^(.+)\/$/s, '$1'),
  (text) => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
];

/** Every text that some of the steps make of it, in whatever order; null: too many, or too long. */
function readings(text: string): readonly string[] | null {
  const all = new Set([text]);
  let bytes = text.length;
  for (const each of all) {
    for (const step of STEPS) {
      const other = step(each);
      if (all.has(other)) continue;
      all.add(other);
      bytes += other.length;
      if (all.size > MOST_READINGS || bytes > MOST_BYTES) return null;
    }
  }
  return [...all];
}
