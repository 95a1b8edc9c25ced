import { formatBytes } from '../kit/bytes.ts';
import { formatDuration } from '../kit/duration.ts';
import type { CommandSpec, SecretRef, ServiceSpec, Spec } from '../spec/spec.ts';
import type { BacklogSource } from '../spec/tasks.ts';

/** The resolved configuration for eyes: as the user would write it, one key a line. Never holds a secret. */
export function specText(spec: Spec): string {
  return lines(shownSpec(spec), 0).join('\n');
}

/** The spec without values that look like secrets; references stay references. */
export function shownSpec(spec: Spec): Spec {
  const services = Object.entries(spec.services).map(([name, service]) => [
    name,
    {
      ...service,
      command: service.command && shownCommand(service.command),
      env: shownEnv(service),
      backlog: service.backlog && shownBacklog(service.backlog),
    },
  ]);
  const routes = spec.gateway.routes.map((route) => ({
    ...route,
    requestHeaders: Object.fromEntries(Object.entries(route.requestHeaders).map(hidden)),
  })) as Spec['gateway']['routes'];
  return {
    ...spec,
    gateway: { ...spec.gateway, routes },
    services: Object.fromEntries(services) as Spec['services'],
    tasks: spec.tasks && { ...spec.tasks, schedules: shownSchedules(spec.tasks.schedules) },
    databases: Object.fromEntries(
      Object.entries(spec.databases).map(([name, database]) => [
        name,
        { ...database, url: shownUrl(database.url) },
      ]),
    ),
  };
}

// Private

const SECRET = 'pass|secret|token|key|credential|private|auth|dsn|salt|cookie';
const SECRET_NAME = new RegExp(SECRET, 'i');
const SECRET_OPTION = new RegExp(`^--?[\\w-]*(?:${SECRET})[\\w-]*$`, 'i');
const SECRET_ASSIGNED = new RegExp(`([\\w-]*(?:${SECRET})[\\w-]*=)[^\\s;|&]+`, 'gi');
const SECRET_FOLLOWS = new RegExp(`(--?[\\w-]*(?:${SECRET})[\\w-]*\\s+)[^\\s;|&-][^\\s;|&]*`, 'gi');
const LOGIN_IN_URL = /:\/\/[^\s/@]*@/;
const LOGINS_IN_URLS = /:\/\/[^\s/@]*@/g;

/** What our own programs are told only repeats what stands elsewhere. */
function shownEnv({ env, command }: ServiceSpec): object {
  const shown = command?.kind === 'internal' ? OWN : hidden;
  return Object.fromEntries(Object.entries(env).map(shown));
}

const OWN = ([name]: readonly [string, unknown]): readonly [string, string] => [
  name,
  '(follows from tasks)',
];

function shownBacklog(backlog: BacklogSource): BacklogSource {
  if (backlog.kind === 'http') return { ...backlog, address: shownUrl(backlog.address) };
  if (backlog.kind === 'queues' || backlog.from.kind === 'database') return backlog;
  return { ...backlog, from: { kind: 'url', url: shownUrl(backlog.from.url) } };
}

/** `postgres://user:…@host/db`: without the password, and without what looks like one behind the `?`. */
function shownUrl<Url extends string | SecretRef | null>(url: Url): Url {
  if (typeof url !== 'string' || !URL.canParse(url)) return url;
  const { protocol, username, password, host, pathname, search } = new URL(url);
  const login = password === '' ? username : `${username}:…`;
  const query = search.replaceAll(SECRET_ASSIGNED, '$1(hidden)');
  return `${protocol}//${login}${login === '' ? '' : '@'}${host}${pathname}${query}` as Url;
}

function shownSchedules(schedules: NonNullable<Spec['tasks']>['schedules']): typeof schedules {
  return Object.fromEntries(
    Object.entries(schedules).map(([name, schedule]) => [
      name,
      { ...schedule, body: shownBody(schedule.body) },
    ]),
  );
}

function shownBody(body: unknown): unknown {
  return JSON.parse(
    JSON.stringify(body, (name, value: unknown) =>
      typeof value === 'string' ? hidden([name, value])[1] : value,
    ),
  ) as unknown;
}

/** A plain value may be a secret all the same: `process.env.X` in the file leaves no trace of where it came from. */
function hidden([name, value]: readonly [string, string | SecretRef | null]): readonly [
  string,
  unknown,
] {
  const secret = typeof value === 'string' && (SECRET_NAME.test(name) || LOGIN_IN_URL.test(value));
  return [name, secret ? '(hidden)' : value];
}

/** `--password=x`, `--password x`, `API_KEY=x` and a login in a URL, as far as they can be told. */
function shownCommand(command: CommandSpec): CommandSpec {
  if (command.kind === 'internal') return command;
  if (command.kind === 'shell') {
    const text = command.text
      .replaceAll(SECRET_ASSIGNED, '$1(hidden)')
      .replaceAll(SECRET_FOLLOWS, '$1(hidden)')
      .replaceAll(LOGINS_IN_URLS, '://(hidden)@');
    return { kind: 'shell', text };
  }
  const argv = command.argv.map((word, index) => {
    const before = command.argv[index - 1] ?? '';
    if (SECRET_OPTION.test(before) && !word.startsWith('-')) return '(hidden)';
    return word
      .replaceAll(SECRET_ASSIGNED, '$1(hidden)')
      .replaceAll(LOGINS_IN_URLS, '://(hidden)@');
  });
  return { kind: 'argv', argv };
}

function lines(value: object, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const [name, text] = spelled(key, inner);
    if (text !== null) return [`${indent}${name}: ${text}`];
    return [`${indent}${name}:`, ...below(inner as object, depth + 1)];
  });
}

function below(value: object, depth: number): readonly string[] {
  if (!Array.isArray(value)) return lines(value, depth);
  const indent = '  '.repeat(depth);
  return value.flatMap((item: object) => {
    const [first = '', ...rest] = lines(item, depth + 1);
    return [`${indent}- ${first.trimStart()}`, ...rest];
  });
}

/** `timeoutMs: 30000` is `timeout: 30s` to its author; null text where more lines follow. */
function spelled(key: string, value: unknown): readonly [string, string | null] {
  if (typeof value === 'number' && key.endsWith('Ms')) {
    return [key.slice(0, -2), formatDuration(value)];
  }
  if (typeof value === 'number' && key.endsWith('Bytes'))
    return [key.slice(0, -5), formatBytes(value)];
  const name = key.replace(/(?:Ms|Bytes)$/, '');
  // The user's own JSON.
  if (key === 'body') return [name, JSON.stringify(value)];
  if (value === null) return [name, 'none'];
  if (typeof value !== 'object')
    return [name, typeof value === 'string' ? quoted(value) : JSON.stringify(value)];
  const items = Object.values(value);
  const flat = items.every((item) => typeof item !== 'object' || item === null);
  if (Array.isArray(value)) {
    return [name, flat ? `[${items.map((item) => quoted(String(item))).join(', ')}]` : null];
  }
  return [name, items.length === 0 ? '{}' : null];
}

function quoted(text: string): string {
  return /^[\w./:@*$-][\w ./:@*$%-]*$/.test(text) ? text : JSON.stringify(text);
}
