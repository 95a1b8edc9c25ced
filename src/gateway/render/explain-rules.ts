import type { Path } from '../../spec/problem.ts';
import type { RouteSpec } from '../../spec/spec.ts';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';
import type { GatewayState } from '../gateway.ts';
import type { GatewayMachine, GatewayPaths } from '../plan.ts';
import { createLineFinder, type ConfigLine } from './rule-lines.ts';
import { LATER } from './rule-source.ts';
import {
  answerSources,
  choice,
  edgeSources,
  preflight,
  redirection,
  routeSources,
} from './rule-sources.ts';
import { serviceSources } from './service-sources.ts';

/** Something that holds for a request, why, and how HAProxy is told. */
export interface Rule {
  /** One sentence. */
  readonly text: string;
  /** Where in the configuration it comes from: `['gateway', 'routes', 1, 'rateLimit']`. */
  readonly path: Path;
  /** Of HAProxy's configuration; empty where it is told otherwise. */
  readonly lines: readonly string[];
}

/** Which route took a request, and whether the gateway answers in its place; see `explainRoute`. */
interface Answered {
  readonly index: number;
  readonly isRedirect: boolean;
  readonly isPreflight: boolean;
  readonly queue: string | null;
}

/** The rules for a request that this route has taken, in the order in which they apply. */
export function explainRules(
  given: GatewayState,
  { index, isRedirect, isPreflight, queue }: Answered,
  paths: GatewayPaths,
  machine: GatewayMachine,
): readonly Rule[] {
  const state = veiled(given);
  const route = state.gateway.routes[index] as RouteSpec;
  const answering = queue === null ? route.services.map(({ service }) => service) : [TASKS_SERVICE];
  const services = answering.flatMap((service) => state.services[service] ?? []);
  const names = services.map(({ spec }) => spec.name);
  const find = createLineFinder(state, paths, machine);
  const sources = [
    ...edgeSources(state.gateway),
    choice(state.gateway, index),
    ...(isRedirect ? redirection(state.gateway) : []),
    ...(isPreflight ? preflight(state.gateway, index) : []),
    ...(isRedirect || isPreflight
      ? []
      : [
          ...routeSources(state.gateway, route, index).filter(isForTask(queue)),
          ...services.flatMap((service) => serviceSources(service)),
        ]),
    // What is said of HTTPS is said over it alone.
    ...answerSources(isRedirect ? { ...state.gateway, tls: null } : state.gateway, route, index),
  ];
  let before = 0;
  return sources
    .flatMap(({ text, path, without, phase = 'request', keep = /^/, always = false }) => {
      const found = find(without(state), index + 1, names).filter((line) => keep.test(line.text));
      const lines = [...new Set(found.map((line) => line.text))];
      // What has no line of its own belongs to what it is said behind.
      before = phase === 'request' ? (firstOf(found, index + 1) ?? before) : LATER[phase];
      return lines.length > 0 || always ? [{ text, path, lines, at: before }] : [];
    })
    .sort((a, b) => a.at - b.at)
    .map(({ text, path, lines }) => ({ text, path, lines }));
}

// Private

/** The route's timeout is for its service. */
function isForTask(queue: string | null): (source: { readonly path: Path }) => boolean {
  return ({ path }) => queue === null || path.at(-1) !== 'timeout';
}

/** Where the route's own part of a rule begins: what it is prepared with may stand far ahead. */
function firstOf(lines: readonly ConfigLine[], route: number): number | undefined {
  const rules = lines.filter(({ text }) =>
    /^(?:http-request|use_backend|default_backend) /.test(text),
  );
  const own = rules.filter(
    ({ text }) => text.includes(`int(${route})`) || text.includes('{ var(txn.route) -m int '),
  );
  return (own[0] ?? rules[0])?.at;
}

/** What services get in headers may be a secret of theirs. */
function veiled(state: GatewayState): GatewayState {
  const routes = state.gateway.routes.map((route) => ({
    ...route,
    requestHeaders: Object.fromEntries(
      Object.entries(route.requestHeaders).map(([name, value]) => [name, value && '(hidden)']),
    ),
  }));
  return { ...state, gateway: { ...state.gateway, routes } };
}
