import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate for `localhost` and 127.0.0.1 that signs itself; `days` may be past ones. */
export function makeCertificate({
  days = 30,
  name = 'localhost',
  newkey = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
}: {
  days?: number;
  name?: string;
  newkey?: readonly string[];
} = {}): TestCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cert-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  try {
    const subject = [
      '-subj',
      `/CN=${name}`,
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
    ];
    const made = ['-nodes', '-keyout', key, '-out', cert, '-days', String(days)];
    openssl('req', '-x509', '-newkey', ...newkey, ...made, ...subject);
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// Private

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
