/** What a public key is, as far as the choice of an algorithm depends on it. */
export type PublicKey =
  | { readonly kind: 'rsa'; readonly modulus: bigint; readonly exponent: bigint }
  | { readonly kind: 'ec'; readonly curve: 'P-256' | 'P-384' | 'P-521' };

/** Reads a public key (PEM, SPKI); null: it is another one, or none. */
export function parsePublicKey(pem: string): PublicKey | null {
  const [, base64] =
    /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(pem) ?? [];
  if (base64 === undefined) return null;
  const [outer] = elements(Buffer.from(base64, 'base64'));
  const [algorithm, key] = elements(outer?.tag === SEQUENCE ? outer.content : NOTHING);
  if (algorithm?.tag !== SEQUENCE || key?.tag !== BIT_STRING) return null;
  const [id, parameters] = elements(algorithm.content);
  if (hex(id?.content) === RSA) return rsaKey(key.content.subarray(1));
  const curve = CURVES[hex(parameters?.content)];
  return hex(id?.content) === EC && curve !== undefined ? { kind: 'ec', curve } : null;
}

// Private

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

const NOTHING = new Uint8Array();
const [INTEGER, BIT_STRING, SEQUENCE] = [0x02, 0x03, 0x30];

/** Object identifiers without tag and length. */
const RSA = '2a864886f70d010101';
const EC = '2a8648ce3d0201';
const CURVES: Readonly<Record<string, 'P-256' | 'P-384' | 'P-521'>> = {
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
};

function rsaKey(bytes: Uint8Array): PublicKey | null {
  const [sequence] = elements(bytes);
  const [modulus, exponent] = elements(sequence?.content ?? NOTHING);
  if (modulus?.tag !== INTEGER || exponent?.tag !== INTEGER) return null;
  return { kind: 'rsa', modulus: number(modulus.content), exponent: number(exponent.content) };
}

/** The DER elements of a content, as far as they are well-formed. */
function elements(bytes: Uint8Array): readonly Element[] {
  const found: Element[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const first = bytes[at + 1] as number;
    const extra = first < 0x80 ? 0 : first & 0x7f;
    const length = extra === 0 ? first : Number(number(bytes.subarray(at + 2, at + 2 + extra)));
    const start = at + 2 + extra;
    if (start + length > bytes.length) return found;
    found.push({ tag: bytes[at] as number, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x0${hex(bytes)}`);
}

function hex(bytes: Uint8Array = NOTHING): string {
  return Buffer.from(bytes).toString('hex');
}
