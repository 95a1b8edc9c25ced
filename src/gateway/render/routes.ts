import type { RouteSpec } from '../../spec/spec.ts';
import { VALUES_A_LINE, chunks } from './chunks.ts';
import { plainJson, word } from './quote.ts';
import { pathPattern } from './route-pattern.ts';

/**
 * The rules that choose a route: each sets `txn.route` to its number (from 1) unless one before it matched. Everything
 * that depends on the route compares that number.
 */
export function routeLines(routes: readonly RouteSpec[]): readonly string[] {
  return routes.flatMap((route, index) => linesOfRoute(route, index));
}

/** Whether some request may match no route at all. */
export function mayMiss(routes: readonly RouteSpec[]): boolean {
  return !routes.some(
    (route) =>
      route.path === '/*' &&
      route.methods.length === 0 &&
      route.hosts.length === 0 &&
      Object.keys(route.headers).length === 0,
  );
}

export interface NumberedRoute {
  readonly route: RouteSpec;
  /** From 1; `txn.route`. */
  readonly number: number;
}

/**
 * `rule`, only for the routes with these numbers, on as many lines as that takes. Conditions that are seldom true stand
 * `first`: then no other is looked at.
 */
export function ifRoute(
  rule: string,
  numbers: readonly number[],
  also = '',
  first = '',
): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < numbers.length; at += VALUES_A_LINE) {
    const some = numbers.slice(at, at + VALUES_A_LINE).join(' ');
    lines.push(`${rule} if ${first}{ var(txn.route) -m int ${some} }${also}`);
  }
  return lines;
}

/** `routes.map`: a route's number → its id as JSON, for the log. */
export function routeMap(routes: readonly RouteSpec[]): string {
  return routes.map((route, index) => `${index + 1} "${plainJson(route.id)}"\n`).join('');
}

// Private

function linesOfRoute(route: RouteSpec, index: number): readonly string[] {
  const name = `route${index + 1}`;
  const conditions = [
    ...pathAcl(name, route.path),
    ...methodAcl(name, route),
    ...hostAcl(name, route.hosts),
    ...headerAcls(name, route.headers),
  ];
  const names = [...new Set(conditions.map((line) => line.split(' ')[1]))];
  const unmatched = index === 0 ? [] : ['!{ var(txn.route) -m found }'];
  const all = [...unmatched, ...names];
  const when = all.length === 0 ? '' : ` if ${all.join(' ')}`;
  return [...conditions, `http-request set-var(txn.route) int(${index + 1})${when}`];
}

function pathAcl(name: string, path: string): readonly string[] {
  const pattern = pathPattern(path);
  const acl = `acl ${name}-path`;
  switch (pattern.kind) {
    case 'all':
      return [];
    case 'exact':
      return [`${acl} path -m str -- ${word(pattern.path)}`];
    case 'prefix':
      return [
        `${acl} path -m beg -- ${word(`${pattern.path}/`)}`,
        `${acl} path -m str -- ${word(pattern.path)}`,
      ];
    case 'regex':
      break;
  }
  return [`${acl} path -m reg -- ${word(pattern.source)}`];
}

/** With `cors` also the preflight of such a request: see `cors.ts`. */
function methodAcl(name: string, { methods, cors }: RouteSpec): readonly string[] {
  const acl = `acl ${name}-method`;
  return chunks(methods).flatMap((some) => [
    `${acl} method -- ${some.join(' ')}`,
    ...(cors ? [`${acl} var(txn.preflight) -m str -- ${some.join(' ')}`] : []),
  ]);
}

function hostAcl(name: string, hosts: readonly string[]): readonly string[] {
  const host = `acl ${name}-host req.hdr(host),host_only`;
  const wild = hosts.filter((text) => text.startsWith('*.')).map((text) => text.slice(1));
  const exact = hosts.filter((text) => !text.startsWith('*.'));
  return [
    ...chunks(exact).map((some) => `${host} -m str -- ${some.map(word).join(' ')}`),
    ...chunks(wild).map((some) => `${host} -m end -- ${some.map(word).join(' ')}`),
  ];
}

function headerAcls(name: string, headers: RouteSpec['headers']): readonly string[] {
  return Object.entries(headers).map(([header, value], index) => {
    const acl = `acl ${name}-header${index + 1} req.fhdr(${header})`;
    if (value === '*') return `${acl} -m found`;
    return value === '' ? `${acl} -m len 0` : `${acl} -m str -- ${word(value)}`;
  });
}
