import type { Algorithm } from '../../spec/spec.ts';
import type { VerificationKey } from '../gateway.ts';
import { Unusable } from './unusable.ts';

/**
 * A secret that is shared with whoever signs. Its bytes are those of the text as it stands, as most libraries take it.
 * @throws Unusable where it is shorter than the hash of an algorithm (RFC 7518, 3.2), or none of these takes a secret
 */
export function secretKey(
  secret: Buffer,
  algorithms: readonly Algorithm[],
  keyId: string | null = null,
): VerificationKey {
  const others = algorithms.filter((each) => !takesSecret(each));
  if (others.length > 0)
    throw new Unusable(`is a shared secret, which ${others.join(', ')} cannot use`);
  for (const algorithm of algorithms) {
    const least = Number(algorithm.slice(2)) / 8;
    if (secret.length < least)
      throw new Unusable(
        `is ${secret.length} bytes long, and ${algorithm} needs at least ${least}: shorter ones can be guessed`,
      );
  }
  return { keyId, algorithms, material: { kind: 'secret', base64: secret.toString('base64') } };
}

export function takesSecret(algorithm: Algorithm): boolean {
  return algorithm.startsWith('HS');
}
