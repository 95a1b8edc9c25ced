import { isAbsolute, join, relative } from 'node:path';
import type { ServiceConfig, TidegateConfig } from '../../spec/define.ts';
import type { Machine } from '../../spec/context.ts';
import { problemText } from '../../spec/problem.ts';
import { resolveSpec } from '../../spec/resolve.ts';
import type { Draft, DraftService, NotCarried } from './draft.ts';
import { ourName, ourNames } from './names.ts';

/** A configuration with what was lost on the way. */
export interface Settled {
  readonly config: TidegateConfig;
  readonly notCarried: readonly NotCarried[];
  /** What the user must add or take out before `tidegate up`: paths of our own configuration. */
  readonly toMend: readonly NotCarried[];
  /** What stands above a service, by our name for it. */
  readonly comments: ReadonlyMap<string, ServiceComment>;
}

export interface ServiceComment {
  readonly remarks: readonly string[];
  readonly notCarried: readonly NotCarried[];
}

export interface Places {
  /** Where the file is from which relative paths start. */
  readonly from: string;
  /** Where the configuration will be. */
  readonly to: string;
  readonly machine: Machine;
}

/** Gives the services names and routes that our configuration takes, and says where it would refuse them all the same. */
export function settle(draft: Draft, lost: readonly NotCarried[], places: Places): Settled {
  const names = ourNames(draft.services.map(({ name }) => name));
  const services = draft.services.map((service, index) => ({
    ...service,
    to: names[index] as string,
  }));
  const front = frontOf(services);
  const config: TidegateConfig = {
    ...(draft.name === undefined ? {} : { name: ourName(draft.name) }),
    ...gatewayOf(services, front),
    services: Object.fromEntries(
      services.map(({ to, config: given }) => [to, inFolder(given, places)]),
    ),
  };
  const all = [
    ...lost,
    ...(draft.name === undefined || ourName(draft.name) === draft.name
      ? []
      : [
          {
            path: 'name',
            why: renaming(draft.name, ourName(draft.name)),
          },
        ]),
    ...services.filter(({ name, to }) => name !== to).map(renamed),
    ...services.filter((service) => service !== front).map(unrouted),
  ];
  return {
    config,
    notCarried: all,
    toMend: problemsOf(config, places),
    comments: new Map(
      services.map(({ to, at, remarks }) => [
        to,
        { remarks, notCarried: all.filter(({ path }) => isWithin(path, at)) },
      ]),
    ),
  };
}

// Private

type Named = DraftService & { readonly to: string };

/** The service that gets the requests: one that took them before, `web` before others. */
function frontOf(services: readonly Named[]): Named | undefined {
  const open = services.filter(({ isPublic }) => isPublic);
  const isWeb = ({ to }: Named): boolean => to === 'web';
  return open.find(isWeb) ?? open[0] ?? services.find(isWeb) ?? services[0];
}

function gatewayOf(
  services: readonly Named[],
  front: Named | undefined,
): Pick<TidegateConfig, 'gateway'> {
  const port = front?.publicPort ?? null;
  const gateway = {
    ...(port === null ? {} : { port }),
    ...(services.length > 1 && front ? { routes: [{ path: '/*', service: front.to }] } : {}),
  };
  return Object.keys(gateway).length > 0 ? { gateway } : {};
}

/** Relative to the configuration, which may stand elsewhere than the file. */
function inFolder({ cwd, ...config }: ServiceConfig, { from, to }: Places): ServiceConfig {
  const path = cwd !== undefined && isAbsolute(cwd) ? cwd : relative(to, join(from, cwd ?? '.'));
  const { command, ...rest } = config;
  return {
    ...(command === undefined ? {} : { command }),
    ...(path === '' ? {} : { cwd: path }),
    ...rest,
  };
}

function renamed({ at, name, to }: Named): NotCarried {
  const isTaken = ourName(name) === name;
  return { path: at, why: isTaken ? `is called ${to}: ${name} is taken` : renaming(name, to) };
}

function renaming(from: string, to: string): string {
  return `names here are small letters, digits and dashes: ${from || 'an empty one'} became ${to}`;
}

/** Said of each: a worker that Procfile or Compose ran without a port never becomes ready here. */
function unrouted({ at, publicPort }: Named): NotCarried {
  const before = publicPort === null ? '' : ` (it had port ${publicPort})`;
  return {
    path: at,
    why:
      `no route leads to it${before}: one above '/*' in gateway.routes would. ` +
      'It must listen on $PORT all the same, or it never counts as ready',
  };
}

function problemsOf(config: TidegateConfig, { to, machine }: Places): readonly NotCarried[] {
  const resolved = resolveSpec(config, { folder: to, machine });
  const problems = resolved.ok
    ? []
    : resolved.problems.map((problem) => ({
        path: problem.path,
        why: problemText({ ...problem, path: '' }).replace(/^the configuration: /, ''),
      }));
  return [...problems, ...resolved.unbuilt.map(({ path, message }) => ({ path, why: message }))];
}

/** Whether a path is that of a part of the file, or within it. */
function isWithin(path: string, part: string): boolean {
  return path === part || path.startsWith(`${part}.`) || path.startsWith(`${part}[`);
}
