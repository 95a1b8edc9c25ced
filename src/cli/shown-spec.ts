import type { AlertAddress } from '../spec/alerts.ts';
import type { CommandSpec, SecretRef, ServiceSpec, Spec } from '../spec/spec.ts';
import type { BacklogSource } from '../spec/tasks.ts';

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
    alerts: {
      rules: spec.alerts.rules.map(shownAlert),
      defaults: spec.alerts.defaults && shownAlert(spec.alerts.defaults),
    },
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

/** Whoever knows the path behind the host may write there. */
function shownAlert<Alert extends { readonly notify: AlertAddress | null }>(alert: Alert): Alert {
  const { notify } = alert;
  if (notify === null || typeof notify.url !== 'string') return alert;
  const { origin } = new URL(notify.url);
  return { ...alert, notify: { ...notify, url: `${origin}/(hidden)` } };
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
