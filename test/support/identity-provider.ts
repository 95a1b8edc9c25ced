import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createPublicKey } from 'node:crypto';
import { inSeconds, issuer, type Issuer } from '../../src/gateway/render/fixtures/tokens.ts';

/** Publishes the keys it signs with, and can change them, fall silent, or answer nonsense. */
export interface IdentityProvider {
  readonly url: string;
  /** How often it was asked. */
  readonly asked: number;
  /** A token of this moment, signed with the newest key. */
  token(): string;
  /** Signs with another key from now on, and publishes that one alone. Returns its name. */
  rotate(): string;
  /** What it answers in place of its keys; null: its keys again. */
  say(answer: { readonly status: number; readonly body: string } | null): void;
}

export async function identityProvider(t: Pick<TestContext, 'after'>): Promise<IdentityProvider> {
  let count = 0;
  let asked = 0;
  let said: { readonly status: number; readonly body: string } | null = null;
  let current: Issuer;
  const rotate = (): string => {
    const name = `key-${++count}`;
    current = issuer('ES256', name);
    return name;
  };
  rotate();
  const published = (): string => {
    const { keyId, material } = current.key;
    if (material.kind !== 'public') throw new Error('it signs with a key pair');
    return JSON.stringify({
      keys: [{ ...createPublicKey(material.pem).export({ format: 'jwk' }), kid: keyId }],
    });
  };
  const server = createServer((_, response) => {
    asked++;
    response.writeHead(said?.status ?? 200, { 'cache-control': 'max-age=300' });
    response.end(said?.body ?? published());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    get asked() {
      return asked;
    },
    token: () => current.token({ sub: 'u1', exp: inSeconds(600) }),
    rotate,
    say: (answer) => void (said = answer),
  };
}
