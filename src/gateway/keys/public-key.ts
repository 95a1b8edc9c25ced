import type { KeyObject } from 'node:crypto';
import type { Algorithm } from '../../spec/spec.ts';
import { isOfRoca } from './roca.ts';

const SMALLEST_RSA_BITS = 2_048;

/** A signature by a longer one takes HAProxy too long to check. */
const LARGEST_RSA_BITS = 4_096;

/** FIPS 186-5: above 2^16. With 1 every text is its own signature. */
const SMALLEST_EXPONENT = 65_537n;

/** As much as the gateway counts with; nobody uses longer ones. */
const LARGEST_EXPONENT = 2n ** 32n - 1n;

/** RFC 7518, 3.4: each algorithm has its curve. */
const CURVES: Readonly<Record<string, Algorithm>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/** Which of the algorithms this public key can verify; none: it is of another kind. */
export function algorithmsFor(
  key: KeyObject,
  algorithms: readonly Algorithm[],
): readonly Algorithm[] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key;
  return algorithms.filter((algorithm) => {
    if (algorithm.startsWith('RS')) return type === 'rsa';
    if (algorithm.startsWith('PS')) return type === 'rsa';
    return type === 'ec' && CURVES[details.namedCurve ?? ''] === algorithm;
  });
}

/** Why nobody should rely on this key, for "it holds …"; null: one can. */
export function weakness(key: KeyObject): string | null {
  if (key.asymmetricKeyType !== 'rsa') return null;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < SMALLEST_RSA_BITS)
    return `an RSA key of ${modulusLength} bits, which can be broken: ${SMALLEST_RSA_BITS} are the least`;
  if (modulusLength > LARGEST_RSA_BITS)
    return `an RSA key of ${modulusLength} bits, which takes too long to check: ${LARGEST_RSA_BITS} are the most`;
  if (publicExponent < SMALLEST_EXPONENT)
    return `an RSA key with the exponent ${publicExponent}, which is weak: 65537 is usual`;
  if (publicExponent > LARGEST_EXPONENT || publicExponent % 2n === 0n)
    return 'an RSA key with an exponent that nobody uses: 65537 is usual';
  if (isOfRoca(modulusOf(key)))
    return 'an RSA key of a chip whose keys can be broken (CVE-2017-15361)';
  return null;
}

/** `'an RSA key'`, `'a key on the curve secp256k1'`: what it is, for people. */
export function kindOf(key: KeyObject): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') return 'an RSA key';
  return type === 'ec' ? `a key on the curve ${details?.namedCurve}` : `a key of the kind ${type}`;
}

// Private

function modulusOf(key: KeyObject): bigint {
  const { n = '' } = key.export({ format: 'jwk' });
  return BigInt(`0x0${Buffer.from(n, 'base64url').toString('hex')}`);
}
