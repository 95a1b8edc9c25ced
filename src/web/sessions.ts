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
  /** Uses the code up; the session's id, or null when the code is unknown, used or too old. */
  exchange(code: string): string | null;
  /** When the session ends, ms since the epoch; null when there is none. */
  sessionEnd(id: string): number | null;
  /** Cookies know no ports: the name tells projects on one machine apart. */
  readonly cookieName: string;
}

/** Kept in memory only: a new control plane starts without sessions. */
export function createSessions(token: string, clock: Clock): Sessions {
  const tokenHash = hash(token);
  const codes = new Map<string, number>();
  const sessions = new Map<string, number>();

  return {
    cookieName: `tidegate_${createHmac('sha256', token).update('cookie').digest('hex').slice(0, 8)}`,
    isToken: (candidate) => timingSafeEqual(hash(candidate), tokenHash),
    issueCode() {
      const expiresAt = clock.now() + CODE_LIFE_MS;
      return { code: put(codes, expiresAt, MAX_CODES), expiresAt };
    },
    exchange(code) {
      const key = hash(code).toString('hex');
      const expiresAt = codes.get(key);
      codes.delete(key);
      if (expiresAt === undefined || clock.now() >= expiresAt) return null;
      return put(sessions, clock.now() + SESSION_LIFE_MS, MAX_SESSIONS);
    },
    sessionEnd(id) {
      const key = hash(id).toString('hex');
      const expiresAt = sessions.get(key);
      if (expiresAt === undefined) return null;
      if (clock.now() < expiresAt) return expiresAt;
      sessions.delete(key);
      return null;
    },
  };
}

// Private

/** Hashes of one length compare in constant time, and a look-up by hash tells nothing about the secret. */
function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Puts a new secret in, the oldest out where there are too many. */
function put(secrets: Map<string, number>, expiresAt: number, limit: number): string {
  const secret = randomBytes(24).toString('base64url');
  for (const oldest of secrets.keys()) {
    if (secrets.size < limit) break;
    secrets.delete(oldest);
  }
  secrets.set(hash(secret).toString('hex'), expiresAt);
  return secret;
}
