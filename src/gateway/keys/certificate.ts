import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { messageOf } from '../../kit/errors.ts';
import { pemBlocks } from './pem.ts';
import { weakness } from './public-key.ts';
import { Unusable } from './unusable.ts';

export interface Bundle {
  /** Certificate, chain, private key (PKCS 8): what HAProxy reads. */
  readonly pem: string;
  /** Whom it is for: its names, else its subject. */
  readonly names: string;
  /** From when to when it is good, ms since the epoch. */
  readonly goodFrom: number;
  readonly expiresAt: number;
}

/** Why files are no certificate with its key: which of the two, and a sentence. */
export class BadCertificate extends Unusable {
  readonly file: 'cert' | 'key';

  constructor(file: 'cert' | 'key', message: string) {
    super(message);
    this.file = file;
  }
}

/**
 * Puts a certificate, its chain and its key together, once they are known to fit and, unless `now` is null, to hold then.
 * @throws BadCertificate
 */
export function bundleOf(
  files: Readonly<Record<'cert' | 'key', string>>,
  now: number | null,
): Bundle {
  const [leaf, ...chain] = certificatesIn(files.cert);
  if (!leaf)
    throw new BadCertificate('cert', 'holds no certificate (PEM, -----BEGIN CERTIFICATE-----)');
  const key = privateKeyIn(files.key);
  const names = leaf.subjectAltName?.replaceAll(/(?:DNS|IP Address):/g, '') ?? leaf.subject;
  if (!leaf.checkPrivateKey(key)) {
    const own = chain.findIndex((each) => each.checkPrivateKey(key));
    if (own < 0) throw new BadCertificate('key', `is not the key of the certificate for ${names}`);
    throw new BadCertificate(
      'cert',
      `begins with ${names}: the certificate of the key must come first`,
    );
  }
  const weak = weakness(leaf.publicKey);
  if (weak !== null) throw new BadCertificate('cert', `holds ${weak}`);
  const [goodFrom, expiresAt] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  const untimely = now === null ? null : untimeliness({ names, goodFrom, expiresAt }, now);
  if (untimely !== null) throw new BadCertificate('cert', untimely);
  const private_ = key.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { pem: [leaf, ...chain].join('') + private_, names, goodFrom, expiresAt };
}

/** Why a certificate does not hold at `now`; null: it does. */
export function untimeliness(
  { names, goodFrom, expiresAt }: Omit<Bundle, 'pem'>,
  now: number,
): string | null {
  if (now > expiresAt) return `the certificate for ${names} expired on ${day(expiresAt)}`;
  if (now < goodFrom) return `the certificate for ${names} is good from ${day(goodFrom)} on only`;
  return null;
}

// Private

function certificatesIn(text: string): readonly X509Certificate[] {
  try {
    return pemBlocks(text)
      .filter(({ label }) => label === 'CERTIFICATE')
      .map((block) => new X509Certificate(block.text));
  } catch (thrown) {
    throw new BadCertificate(
      'cert',
      `holds a certificate that cannot be read (${messageOf(thrown)})`,
    );
  }
}

function privateKeyIn(text: string): KeyObject {
  const block = pemBlocks(text).find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (!block)
    throw new BadCertificate('key', 'holds no private key (PEM, -----BEGIN PRIVATE KEY-----)');
  if (block.label.startsWith('ENCRYPTED') || block.text.includes('ENCRYPTED'))
    throw new BadCertificate(
      'key',
      'is locked by a passphrase: nobody is there to type it, so store it without one',
    );
  try {
    return createPrivateKey(block.text);
  } catch (thrown) {
    throw new BadCertificate(
      'key',
      `holds a private key that cannot be read (${messageOf(thrown)})`,
    );
  }
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
