import { resolve } from 'node:path';
import { DEFAULTS } from './defaults.ts';
import { isKeyAddress } from './key-address.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import { isOwnHeader } from './own-headers.ts';
import type { Config } from './schema/config.ts';
import type { GatewaySpec, JwtSpec, KeySource } from './spec.ts';

type GivenJwt = NonNullable<NonNullable<Config['gateway']>['jwt']>[string];

/** `gateway.jwt` with its defaults; files are absolute. */
export function resolveJwt(
  { gateway }: Config,
  folder: string,
  report: Report,
): GatewaySpec['jwt'] {
  const given = Object.entries(gateway?.jwt ?? {});
  return Object.fromEntries(
    given.map(([name, jwt]) => {
      const path = ['gateway', 'jwt', name];
      const forward = Object.fromEntries(
        Object.entries(jwt.forward ?? DEFAULTS.jwt.forward).map(([claim, header]) => [
          claim,
          header.toLowerCase(),
        ]),
      );
      checkForward(path, forward, report);
      const resolved: JwtSpec = {
        name,
        algorithms: [...new Set(jwt.algorithms)],
        keys: keySource(jwt, path, folder, report),
        issuer: jwt.issuer ?? null,
        audiences: jwt.audience ?? [],
        clockSkewMs: jwt.clockSkew ?? DEFAULTS.jwt.clockSkewMs,
        forward,
      };
      return [name, resolved];
    }),
  );
}

// Private

function keySource(
  { algorithms, keys }: GivenJwt,
  path: Path,
  folder: string,
  report: Report,
): KeySource {
  const shared = algorithms.filter((algorithm) => algorithm.startsWith('HS'));
  const source = sourceOf(keys, folder);
  const both = [
    [...path, 'algorithms'],
    [...path, 'keys'],
  ];
  if (shared.length > 0 && shared.length < algorithms.length) {
    report(
      [...path, 'algorithms'],
      'must not mix HS… with others: a public key, which everybody knows, would pass for a secret',
    );
  } else if (source.kind === 'secret' && shared.length === 0) {
    report(
      [...path, 'keys'],
      `must be a file or an address: ${algorithms.join(', ')} checks with a public key, and a secret is for HS256, HS384, HS512`,
      { dependsOn: both },
    );
  } else if (source.kind === 'url' && shared.length > 0) {
    report(
      [...path, 'keys'],
      `must be { env: 'NAME' } or { file: 'PATH' }: what ${shared.join(', ')} checks with is a secret, which no address gives`,
      { dependsOn: both },
    );
  }
  if (typeof keys === 'string' && /^[a-z][a-z0-9+.-]*:\/\//i.test(keys) && source.kind !== 'url') {
    report(
      [...path, 'keys'],
      "must be an address that begins with 'https://' and holds no login, or a file; 'http://' is for this machine only",
      // It may be the secret itself.
      shared.length > 0 ? { withoutValue: true } : {},
    );
  }
  return source;
}

function sourceOf(keys: GivenJwt['keys'], folder: string): KeySource {
  if (typeof keys !== 'string') {
    const secret = 'file' in keys ? { file: resolve(folder, keys.file) } : keys;
    return { kind: 'secret', secret };
  }
  if (isKeyAddress(keys)) return { kind: 'url', url: keys };
  return { kind: 'file', path: resolve(folder, keys) };
}

function checkForward(path: Path, forward: JwtSpec['forward'], report: Report): void {
  const claims = Object.entries(forward);
  for (const [index, [claim, header]] of claims.entries()) {
    const at = [...path, 'forward', claim];
    if (isOwnHeader(header)) {
      report(
        at,
        'must be a header of your own: this one means something to the gateway or to HTTP',
      );
    }
    const first = claims.slice(0, index).find(([, other]) => sameHeader(other, header));
    if (first) report(at, `must differ from the header of ${first[0]}`);
  }
}

/** Many servers cannot tell `-` and `_` apart in a header's name. */
function sameHeader(a: string, b: string): boolean {
  return nearlyEqual(a) === nearlyEqual(b);
}

function nearlyEqual(header: string): string {
  return header.replaceAll('_', '-');
}
