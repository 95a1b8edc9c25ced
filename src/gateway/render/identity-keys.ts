import type { Algorithm } from '../../spec/spec.ts';
import type { GatewayState, VerificationKey } from '../gateway.ts';
import type { GatewayPaths, Rendered } from '../plan.ts';
import { policiesOf } from './identity-policies.ts';
import { parsePublicKey, type PublicKey } from './public-key.ts';
import { argument, word } from './quote.ts';

/** `txn.identity` of who brought a token that was verified just now. */
export const VERIFIED = 2;

/** A key with the number by which HAProxy's rules know it; 0 stands for every secret. */
export interface NumberedKey {
  readonly number: number;
  readonly jwt: string;
  readonly key: VerificationKey;
}

/** The keys of every key set that some route asks for. */
export function numberedKeys(state: GatewayState): readonly NumberedKey[] {
  const names = new Set(policiesOf(state.gateway).map(({ jwt }) => jwt.name));
  let count = 0;
  return [...names].flatMap((jwt) =>
    (keySetOf(state, jwt)?.keys ?? []).map((key) => ({
      number: key.material.kind === 'secret' ? 0 : ++count,
      jwt,
      key,
    })),
  );
}

export function keySetOf({ keys }: GatewayState, jwt: string): GatewayState['keys'][string] | null {
  return (Object.hasOwn(keys, jwt) ? keys[jwt] : null) ?? null;
}

/** What the program that reads tokens knows of a key. */
export function keyForProgram({ number, key }: NumberedKey): object {
  const { keyId, algorithms, material } = key;
  const common = { number, ...(keyId === null ? {} : { id: keyId }), algorithms };
  if (material.kind === 'secret')
    return { ...common, secret: Buffer.from(material.base64, 'base64').toString('hex') };
  const known = parsePublicKey(material.pem);
  return known?.kind === 'rsa' && algorithms.some(isPss) ? { ...common, ...pssKey(known) } : common;
}

/** The public keys HAProxy itself verifies with: file name → PEM. */
export function keyFiles(state: GatewayState): Rendered['maps'] {
  return Object.fromEntries(
    nativeKeys(state).map(({ number, pem }) => [fileName(number), pem] as const),
  );
}

/** One line a key: whatever verifies, nothing else makes a token believed. `http_auth_bearer` reads what the program read. */
export function verifyLines(state: GatewayState, paths: GatewayPaths): readonly string[] {
  const verify = (number: number, key: string): string =>
    `http-request set-var(txn.identity) int(${VERIFIED}) if { var(txn.key) -m int ${number} } { ${word(`http_auth_bearer,jwt_verify(txn.algorithm,${key})`)} -m int 1 }`;
  const secrets = numberedKeys(state).some(({ number }) => number === 0);
  return [
    ...(secrets ? [verify(0, 'txn.secret')] : []),
    ...nativeKeys(state).map(({ number }) =>
      verify(number, argument(`${paths.folder}/${fileName(number)}`)),
    ),
  ];
}

/** Why a key cannot be used; empty: it can. What is said holds nothing of it. */
export function keyProblems(state: GatewayState): readonly string[] {
  return Object.entries(state.keys).flatMap(([name, { keys }]) => {
    const allowed = Object.hasOwn(state.gateway.jwt, name)
      ? (state.gateway.jwt[name]?.algorithms ?? [])
      : [];
    return keys.flatMap((key, index) => {
      const at = `gateway.jwt.${name}.keys[${index}]`;
      const { algorithms, material } = key;
      const strange = algorithms.filter((algorithm) => !allowed.includes(algorithm));
      const problems = strange.map((algorithm) => `${at}: ${algorithm} is none of the algorithms`);
      if (material.kind === 'secret') {
        const unfit = algorithms.some((algorithm) => !algorithm.startsWith('HS'));
        const isBase64 = /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
        const isText = isBase64.test(`AAAA${material.base64}`) && material.base64 !== '';
        return [
          ...problems,
          ...(unfit ? [`${at}: a secret is for HS256, HS384, HS512`] : []),
          ...(isText ? [] : [`${at}: the secret is empty or no base64`]),
        ];
      }
      const known = parsePublicKey(material.pem);
      if (known === null) return [...problems, `${at}: no public key of a kind that is known`];
      return [
        ...problems,
        ...algorithms.flatMap((algorithm) =>
          fits(known, algorithm) ? [] : [`${at}: the key does not fit ${algorithm}`],
        ),
        ...sizeProblems(at, known),
      ];
    });
  });
}

// Private

const CURVE_OF: Partial<Record<Algorithm, string>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
};

function nativeKeys(
  state: GatewayState,
): readonly { readonly number: number; readonly pem: string }[] {
  return numberedKeys(state).flatMap(({ number, key }) =>
    key.material.kind === 'public' && !key.algorithms.every(isPss)
      ? [{ number, pem: key.material.pem }]
      : [],
  );
}

function fileName(number: number): string {
  return `identity-${number}.pem`;
}

function isPss(algorithm: Algorithm): boolean {
  return algorithm.startsWith('PS');
}

function fits(key: PublicKey, algorithm: Algorithm): boolean {
  if (key.kind === 'ec') return CURVE_OF[algorithm] === key.curve;
  return algorithm.startsWith('RS') || isPss(algorithm);
}

/** Shorter keys are broken, longer ones cost too much. */
function sizeProblems(at: string, key: PublicKey): readonly string[] {
  if (key.kind !== 'rsa') return [];
  const bits = key.modulus.toString(2).length;
  if (bits < 2048 || bits > 4096)
    return [`${at}: an RSA key of ${bits} bits, and 2048 to 4096 are accepted`];
  const odd = key.exponent % 2n === 1n && key.modulus % 2n === 1n;
  return odd && key.exponent >= 3n && key.exponent < 2n ** 32n
    ? []
    : [`${at}: an RSA key with an exponent that is not accepted`];
}

/** For Montgomery's multiplication with limbs of 30 bits; see `lua/rsa-pss.lua`. */
function pssKey({ modulus, exponent }: Extract<PublicKey, { kind: 'rsa' }>): object {
  const text = hex(modulus);
  const limbs = BigInt(Math.floor((text.length * 4) / 30) + 1);
  return {
    modulus: text,
    square: hex(2n ** (60n * limbs) % modulus),
    exponent: Number(exponent),
  };
}

/** An even number of digits. */
function hex(value: bigint): string {
  const digits = value.toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}
