import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ISSUER = 'https://id.bench.test';
export const AUDIENCE = 'bench';

/** A script for wrk without a token that asks no address twice. Returns its path. */
export function writeOpenScript(folder: string, prefix: string): string {
  const path = join(folder, 'open.lua');
  writeFileSync(
    path,
    `local number = os.time() * 100000
function request()
  number = number + 1
  return wrk.format("GET", string.format("${prefix}/hello?n=%d", number))
end
`,
  );
  return path;
}

/** One set for all gateways of a run. */
export const SECRET = randomBytes(32).toString('hex');
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const PUBLIC_PEM = RSA.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export type BenchAlgorithm = 'HS256' | 'RS256';

/** So many clients, each with a token of its own that lasts longer than the run. */
export function tokens(algorithm: BenchAlgorithm, count: number): readonly string[] {
  const nowS = Math.floor(Date.now() / 1000);
  return Array.from({ length: count }, (_, at) => {
    const claims = {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: `client-${at}`,
      scope: 'orders:read orders:write',
      iat: nowS,
      exp: nowS + 86_400,
    };
    const signed = `${base64({ alg: algorithm, typ: 'JWT' })}.${base64(claims)}`;
    return `${signed}.${signatureOf(algorithm, signed)}`;
  });
}

/**
 * A script for wrk in which 50 clients take turns and no address is asked twice, so that no cache has the answer. Each
 * connection pauses before each request, so long on average, as strangers do. Returns its path.
 */
export function writeScript(folder: string, algorithm: BenchAlgorithm, pauseMs = 0): string {
  const path = join(folder, `${algorithm}.lua`);
  const list = tokens(algorithm, 50).map((token) => `"Bearer ${token}"`);
  writeFileSync(
    path,
    `local tokens = { ${list.join(', ')} }
local number = os.time() * 100000
function request()
  number = number + 1
  wrk.headers["Authorization"] = tokens[number % #tokens + 1]
  return wrk.format("GET", string.format("/api/hello?n=%d", number))
end
${pauseMs === 0 ? '' : `function delay() return math.random(0, ${2 * pauseMs}) end\n`}`,
    { mode: 0o600 },
  );
  return path;
}

// Private

function base64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signatureOf(algorithm: BenchAlgorithm, signed: string): string {
  if (algorithm === 'HS256') return createHmac('sha256', SECRET).update(signed).digest('base64url');
  return sign('sha256', Buffer.from(signed), RSA.privateKey).toString('base64url');
}
