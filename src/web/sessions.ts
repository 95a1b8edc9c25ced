import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { HOUR, SECOND } from '../kit/clock.ts';
import type { Clock } from '../kit/clock.ts';

export const CODE_LIFE_MS = 60 * SECOND;
export const SESSION_LIFE_MS = 12 * HOUR;
const MAX_CODES = 16;
const MAX_SESSIONS = 64;

/** Who may do what: the project's token, one-time codes, and the sessions they were exchanged for. */
export interface Sessions {
  /** Compared in constant time. */
  isToken(candidate: string): boolean;
  /** A single-use code; the oldest gives way when there are too many. */
  issueCode(): { readonly code: string; readonly expiresAt: number };
  /** Uses the code up; null when it is unknown, used or too old. */
  exchange(code: string): NewSession | null;
  /** When the session ends, ms since the epoch; null when there is none. */
  sessionEnd(id: string): number | null;
  /** Whether this is the key of that session, while it lasts; compared in constant time. */
  isKey(id: string, candidate: string): boolean;
  /** Cookies know no ports: the name tells projects on one machine apart. */
  readonly cookieName: string;
}

export interface NewSession {
  /** For the cookie: who has it may read. */
  readonly id: string;
  /** For the page's own memory: who has both may act. */
  readonly key: string;
  /** ms since the epoch */
  readonly endsAt: number;
}

interface Session {
  readonly endsAt: number;
  readonly keyHash: Buffer;
}

/** Kept in memory only: a new control plane starts without sessions. */
export function createSessions(token: string, clock: Clock): Sessions {
  const tokenHash = hash(token);
  const codes = new Map<string, number>();
  const sessions = new Map<string, Session>();

  const find = (id: string): Session | null => {
    const idHash = hash(id).toString('hex');
    const found = sessions.get(idHash);
    if (!found) return null;
    if (clock.now() < found.endsAt) return found;
    sessions.delete(idHash);
    return null;
  };

  return {
    cookieName: `tidegate_${createHmac('sha256', token).update('cookie').digest('hex').slice(0, 8)}`,
    isToken: (candidate) => timingSafeEqual(hash(candidate), tokenHash),
    issueCode() {
      const expiresAt = clock.now() + CODE_LIFE_MS;
      const code = newSecret();
      put(codes, code, expiresAt, MAX_CODES);
      return { code, expiresAt };
    },
    exchange(code) {
      const codeHash = hash(code).toString('hex');
      const expiresAt = codes.get(codeHash);
      codes.delete(codeHash);
      if (expiresAt === undefined || clock.now() >= expiresAt) return null;
      const [id, key] = [newSecret(), newSecret()];
      const endsAt = clock.now() + SESSION_LIFE_MS;
      put(sessions, id, { endsAt, keyHash: hash(key) }, MAX_SESSIONS);
      return { id, key, endsAt };
    },
    sessionEnd: (id) => find(id)?.endsAt ?? null,
    isKey(id, candidate) {
      const session = find(id);
      return session !== null && timingSafeEqual(hash(candidate), session.keyHash);
    },
  };
}

// Private

/** Hashes of one length compare in constant time, and a look-up by hash tells nothing about the secret. */
function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** Puts a secret in, by its hash, the oldest out where there are too many. */
function put<Kept>(secrets: Map<string, Kept>, secret: string, kept: Kept, limit: number): void {
  for (const oldest of secrets.keys()) {
    if (secrets.size < limit) break;
    secrets.delete(oldest);
  }
  secrets.set(hash(secret).toString('hex'), kept);
}
