import { createPublicKey } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Algorithm } from '../../spec/spec.ts';
import type { VerificationKey } from '../gateway.ts';
import { publicKey } from './pem-keys.ts';
import { secretKey, takesSecret } from './secret-key.ts';
import { Unusable } from './unusable.ts';

export interface Jwks {
  /** At least one. */
  readonly keys: readonly VerificationKey[];
  /** Keys that should not be there, each as a sentence: weak, private, malformed. They are not used. */
  readonly refused: readonly string[];
}

/** A set is read whole into HAProxy's configuration. */
const MOST_KEYS = 100;

/** What HAProxy's configuration, its maps and a log can hold as one name. */
const KEY_ID = /^[\x20-\x7e]{1,256}$/;

/**
 * The keys of a JSON Web Key Set, or of one JSON Web Key (RFC 7517), that verify one of the algorithms. What is for
 * another purpose, or of a kind we do not know, is passed over, as the standard asks.
 * @throws Unusable where it is no key set, or nothing in it can be used
 */
export function parseJwks(
  text: string,
  algorithms: readonly Algorithm[],
  {
    secrets,
  }: {
    /** Whether it may hold shared secrets: never what is published. */ readonly secrets: boolean;
  },
): Jwks {
  let keys: VerificationKey[] = [];
  const refused: string[] = [];
  const entries = entriesOf(text);
  if (secrets && entries.some(isSecret) && !entries.every(isSecret))
    throw new Unusable('holds shared secrets beside public keys, which are for everybody');
  const read: VerificationKey[] = [];
  for (const [index, jwk] of entries.entries()) {
    const name =
      typeof jwk.kid === 'string'
        ? `the key ${JSON.stringify(jwk.kid.slice(0, 80))}`
        : `key ${index + 1}`;
    try {
      const key = isForVerifying(jwk) ? keyOf(jwk, algorithms, secrets) : null;
      if (key === null) continue;
      const other = read.find((each) => isSame(each, key));
      read.push(key);
      if (other) {
        // Nobody could tell which of two is meant, so neither is used.
        if (!isDeepStrictEqual(other, key)) keys = keys.filter((each) => !isSame(each, key));
        throw new Unusable('is there twice');
      }
      keys.push(key);
    } catch (thrown) {
      if (!(thrown instanceof Unusable)) throw thrown;
      refused.push(`${name} ${thrown.message}`);
    }
  }
  if (keys.length === 0) {
    const why = refused.length > 0 ? `: ${refused.join('; ')}` : '';
    throw new Unusable(`holds no key that fits ${algorithms.join(', ')}${why}`);
  }
  return { keys, refused };
}

/** The same keys as a set, to be parsed again. Public ones only. */
export function jwksText(keys: readonly VerificationKey[]): string {
  const jwks = keys.flatMap(({ keyId, algorithms, material }) => {
    if (material.kind === 'secret') return [];
    const jwk = createPublicKey(material.pem).export({ format: 'jwk' });
    // One `alg` says less than a list: of several the kind of the key tells them.
    const alg = algorithms.length === 1 ? { alg: algorithms[0] } : {};
    return [{ ...jwk, ...(keyId !== null && { kid: keyId }), ...alg }];
  });
  return JSON.stringify({ keys: jwks });
}

// Private

type Jwk = Readonly<Record<string, unknown>>;

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'];

function entriesOf(text: string): readonly Jwk[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Unusable('is not JSON');
  }
  if (isObject(parsed) && typeof parsed['kty'] === 'string') return [parsed];
  const keys = isObject(parsed) ? parsed['keys'] : undefined;
  if (!Array.isArray(keys)) throw new Unusable('is no key set: { "keys": [ … ] }');
  if (keys.length > MOST_KEYS)
    throw new Unusable(`holds ${keys.length} keys; ${MOST_KEYS} are the most`);
  return keys.filter(isObject);
}

function isSecret({ kty }: Jwk): boolean {
  return kty === 'oct';
}

/** RFC 7517, 4.2 and 4.3. */
function isForVerifying({ use, key_ops: operations }: Jwk): boolean {
  if (use !== undefined && use !== 'sig') return false;
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
}

/** Null: it is of another kind than these algorithms want. */
function keyOf(jwk: Jwk, wanted: readonly Algorithm[], secrets: boolean): VerificationKey | null {
  const { kty, alg, kid } = jwk;
  if (kid !== undefined && (typeof kid !== 'string' || !KEY_ID.test(kid)))
    throw new Unusable('has a kid that is no text of 1 to 256 plain characters');
  const keyId = kid ?? null;
  const algorithms = wanted.filter((each) => alg === undefined || alg === each);
  if (kty === 'oct') {
    if (!secrets) throw new Unusable('is a shared secret, and everybody can read it there');
    const taking = algorithms.filter(takesSecret);
    return taking.length === 0 ? null : secretKey(bytesOf(jwk['k']), taking, keyId);
  }
  if (kty !== 'RSA' && kty !== 'EC') return null;
  if (PRIVATE_MEMBERS.some((member) => jwk[member] !== undefined))
    throw new Unusable('is a private key, which only who signs tokens may have');
  if (!algorithms.some((each) => fitsKind(each, jwk))) return null;
  return publicKey(importKey(jwk), algorithms, keyId);
}

/** A set often holds keys for others, too: of another kind or on another curve. */
function fitsKind(algorithm: Algorithm, { kty, crv }: Jwk): boolean {
  if (kty === 'RSA') return /^[RP]S/.test(algorithm);
  return (
    algorithm.startsWith('ES') &&
    crv === (algorithm === 'ES512' ? 'P-521' : `P-${algorithm.slice(2)}`)
  );
}

function importKey(jwk: Jwk): ReturnType<typeof createPublicKey> {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw new Unusable('cannot be read');
  }
}

function bytesOf(k: unknown): Buffer {
  if (typeof k !== 'string' || !/^[A-Za-z0-9_-]+$/.test(k)) throw new Unusable('has no k');
  return Buffer.from(k, 'base64url');
}

/** Two of one name and kind: nobody could tell which is meant. */
function isSame(a: VerificationKey, b: VerificationKey): boolean {
  return (
    a.keyId === b.keyId &&
    a.keyId !== null &&
    a.algorithms.some((each) => b.algorithms.includes(each))
  );
}

function isObject(value: unknown): value is Jwk {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
