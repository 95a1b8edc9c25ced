import { existsSync } from 'node:fs';
import type { Clock } from '../../kit/clock.ts';
import { messageOf } from '../../kit/errors.ts';
import type { GatewaySpec, JwtSpec, SecretRef, TlsSpec } from '../../spec/spec.ts';
import type { VerificationKey } from '../gateway.ts';
import { BadCertificate, bundleOf, type Bundle } from './certificate.ts';
import { fileKeys } from './file-keys.ts';
import { secretKey, takesSecret } from './secret-key.ts';
import { Unusable } from './unusable.ts';
import { readWholeFile, watchFiles, type WatchedFiles } from './watched-files.ts';

/** The text of a secret that the configuration names. @throws Error whose message says why it cannot be had */
export type ReadSecret = (secret: SecretRef) => string;

/** A key of the configuration and what is wrong with what it names. */
export interface MaterialProblem {
  readonly path: string;
  readonly message: string;
}

/** Keys that stand in a file or are a secret. @throws Unusable */
export function keysAtHand(
  { keys: source, algorithms }: JwtSpec,
  readSecret: ReadSecret,
): WatchedFiles<readonly VerificationKey[]> | null {
  if (source.kind === 'url') return null;
  if (source.kind === 'file') {
    // Who took `keys` for the secret itself must not find it in a log: what was written is not repeated.
    if (algorithms.every(takesSecret) && !existsSync(source.path))
      throw new Unusable(
        "names no file that is there; a secret is named as { env: 'NAME' } or { file: 'PATH' }",
      );
    return watchFiles([source.path], () => {
      const text = readWholeFile(source.path);
      return naming(source.path, () => fileKeys(text, algorithms));
    });
  }
  const { secret } = source;
  const name = 'env' in secret ? `the variable ${secret.env}` : secret.file;
  return watchFiles('file' in secret ? [secret.file] : [], () =>
    naming(name, () => [secretKey(Buffer.from(read(readSecret, secret)), algorithms)]),
  );
}

/** What identifies a source: another algorithm makes other keys of the same file. */
export function sourceId({ keys, algorithms }: JwtSpec): string {
  return JSON.stringify([keys, algorithms]);
}

export function certificateId({ cert, key }: TlsSpec): string {
  return JSON.stringify([cert, key]);
}

/**
 * What is read for: who starts goes on with a certificate that does not hold now, whatever the reason. Nobody is helped by
 * a site that is down as a whole, or runs with nobody to look after it.
 */
export type Why = 'start' | 'deploy';

/** Everything `gateway` names that has to be at hand, and all that is wrong with it. */
export function atHand(
  gateway: GatewaySpec,
  readSecret: ReadSecret,
  clock: Clock,
  why: Why,
): AtHand {
  const problems: MaterialProblem[] = [];
  const attempt = <T>(path: string, make: () => T): T | null => {
    try {
      return make();
    } catch (thrown) {
      if (!(thrown instanceof Unusable)) throw thrown;
      const file = thrown instanceof BadCertificate ? `.${thrown.file}` : '';
      problems.push({ path: `${path}${file}`, message: thrown.message });
      return null;
    }
  };
  const keys = new Map<string, WatchedFiles<readonly VerificationKey[]>>();
  for (const jwt of Object.values(gateway.jwt)) {
    const source = attempt(`gateway.jwt.${jwt.name}.keys`, () => keysAtHand(jwt, readSecret));
    if (source) keys.set(sourceId(jwt), source);
  }
  const certificates = new Map<string, WatchedFiles<Bundle>>();
  const { tls } = gateway;
  if (tls) {
    const source = attempt('gateway.tls', () => certificateAtHand(tls, clock, why));
    if (source) certificates.set(certificateId(tls), source);
  }
  return { keys, certificates, problems };
}

export interface AtHand {
  /** By `sourceId`. */
  readonly keys: ReadonlyMap<string, WatchedFiles<readonly VerificationKey[]>>;
  /** By `certificateId`: one at most. */
  readonly certificates: ReadonlyMap<string, WatchedFiles<Bundle>>;
  readonly problems: readonly MaterialProblem[];
}

// Private

/** @throws BadCertificate */
function certificateAtHand({ cert, key }: TlsSpec, clock: Clock, why: Why): WatchedFiles<Bundle> {
  let mustHold = why === 'deploy';
  return watchFiles([cert, key], () => {
    const now = mustHold ? clock.now() : null;
    mustHold = true;
    const files = { cert: fileOf('cert', cert), key: fileOf('key', key) };
    try {
      return bundleOf(files, now);
    } catch (thrown) {
      if (!(thrown instanceof BadCertificate)) throw thrown;
      const path = thrown.file === 'cert' ? cert : key;
      throw new BadCertificate(thrown.file, `${path}: ${thrown.message}`);
    }
  });
}

function naming<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    throw thrown instanceof Unusable ? new Unusable(`${name} ${thrown.message}`) : thrown;
  }
}

function fileOf(file: 'cert' | 'key', path: string): string {
  try {
    return readWholeFile(path);
  } catch (thrown) {
    throw thrown instanceof Unusable ? new BadCertificate(file, thrown.message) : thrown;
  }
}

function read(readSecret: ReadSecret, secret: SecretRef): string {
  try {
    return readSecret(secret);
  } catch (thrown) {
    throw new Unusable(`cannot be had (${messageOf(thrown)})`);
  }
}
