import { DENIALS, type Denial } from './gateway.ts';
import { slotOf } from './render/names.ts';

/** One logged request, as the sums need it. */
export interface AccessLine {
  /** `:gateway` where no service took it. */
  readonly service: string;
  /** Null where no route matched. */
  readonly route: string | null;
  /** 0 when the client left before there was an answer. */
  readonly code: number;
  /** Why the gateway itself answered; null: it did not, or no route had taken the request. */
  readonly denial: Denial | null;
  /** Whether an answer was found in the cache; null: it was not looked for. */
  readonly cache: 'hit' | 'miss' | null;
  /** How many requests it stands for. */
  readonly weight: number;
  /** Until the first byte of the answer, waiting at the gateway included; null when there was nothing to time. */
  readonly latencyMs: number | null;
  /** For how long a replica had it; null: none did. */
  readonly busyMs: number | null;
}

/** Reads a line written by `render/log.ts`; null when it is not one. */
export function parseAccessLine(text: string): AccessLine | null {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRaw(line)) return null;
  const { service, route, status, denied, permille } = line;
  return {
    service,
    route,
    code: Math.max(0, status),
    denial: DENIALS.find((each) => each === denied) ?? null,
    cache: line.cache === 'hit' ? 'hit' : line.cache === 'fwd=miss' ? 'miss' : null,
    weight: 1000 / permille,
    latencyMs: latencyOf(line),
    busyMs: busyOf(line),
  };
}

// Private

/** Times in ms, -1 where it did not come so far: waiting (`tw`), connecting (`tc`), answering (`tr`), in all (`ta`). */
interface RawLine {
  readonly service: string;
  readonly route: string | null;
  readonly status: number;
  readonly denied: string;
  /** `<NOSRV>` and the like where none was chosen. */
  readonly server: string;
  /** As in `render/cache.ts`; only where some route has a cache. */
  readonly cache?: unknown;
  readonly tw: number;
  readonly tc: number;
  readonly tr: number;
  readonly ta: number;
  readonly permille: number;
}

/**
 * An answer of a server took as long as its first byte did. Without one, a request that got as far as waiting for a
 * server was kept for all its time: a timeout must not look fast, nor an impatient client. What the gateway answered
 * by itself at once is no latency of the service's.
 */
function latencyOf({ tw, tc, tr, ta }: RawLine): number | null {
  if (tr >= 0) return Math.max(0, tw) + Math.max(0, tc) + tr;
  return tw >= 0 && ta >= 0 ? ta : null;
}

/**
 * A place at a replica is taken until the answer is complete, however slowly the client reads it. What ends after hours says
 * nothing of how soon others are answered, and one of it would outweigh them all: too short a time refuses nobody.
 */
function busyOf({ server, status, tw, ta }: RawLine): number | null {
  if (slotOf(server) === null || tw < 0 || ta < 0 || status === 101) return null;
  return Math.min(MOST_BUSY_MS, Math.max(0, ta - tw));
}

const MOST_BUSY_MS = 60_000;

function isRaw(line: unknown): line is RawLine {
  if (typeof line !== 'object' || line === null) return false;
  const raw = line as Record<keyof RawLine, unknown>;
  return (
    typeof raw.service === 'string' &&
    typeof raw.denied === 'string' &&
    typeof raw.server === 'string' &&
    (raw.route === null || typeof raw.route === 'string') &&
    [raw.status, raw.tw, raw.tc, raw.tr, raw.ta].every(Number.isInteger) &&
    Number.isInteger(raw.permille) &&
    (raw.permille as number) >= 1 &&
    (raw.permille as number) <= 1000
  );
}
