import { formatDuration } from '../../kit/duration.ts';
import type { ServiceConfig } from '../../spec/define.ts';
import { durationMsOf } from './amounts.ts';
import type { Lose } from './draft.ts';
import { keysOf } from './keys.ts';
import type { Keys } from './keys.ts';

/** A check by curl or wget of the container itself is a path to ask for; any other cannot be asked at the gateway. */
export function composeHealth(keys: Keys, lost: Lose): Pick<ServiceConfig, 'health'> {
  const written = keys.take('healthcheck');
  const check = keysOf(written);
  if (!check) {
    if (written !== undefined && written !== null) lost('healthcheck', 'is no object');
    return {};
  }
  const test = check.take('test');
  const timeoutMs = durationMsOf(check.take('timeout'));
  const startupMs = durationMsOf(check.take('start_period'));
  if (
    check.take('disable') === true ||
    test === 'NONE' ||
    (Array.isArray(test) && test[0] === 'NONE')
  )
    return {};
  const path = pathOf(test);
  if (path === null) {
    lost(
      'healthcheck.test',
      'asks for no path of the service itself: without health.path an open port is enough',
    );
  }
  for (const [key, value] of check.rest()) {
    if (value !== null) lost(`healthcheck.${key}`, WHY.get(key) ?? 'Tidegate has nothing like it');
  }
  const health = {
    ...(path !== null && { path }),
    ...(timeoutMs !== undefined && timeoutMs > 0 && { timeout: formatDuration(timeoutMs) }),
    ...(startupMs !== undefined && startupMs > 0 && { startup: formatDuration(startupMs) }),
  };
  return Object.keys(health).length > 0 ? { health } : {};
}

// Private

const WHY: ReadonlyMap<string, string> = new Map([
  ['interval', 'the gateway asks every second, as it routes by the answer: health.interval'],
  ['retries', 'three misses take a replica out of rotation; health.replaceAfter replaces it'],
  ['start_interval', 'a starting replica is asked every 50 ms'],
]);

function pathOf(test: unknown): string | null {
  const text = Array.isArray(test) ? test.join(' ') : typeof test === 'string' ? test : '';
  if (!/\b(?:curl|wget)\b/.test(text)) return null;
  const url =
    /\bhttp:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(?:\d+|\$\{?\w+\}?))?(\/[^\s'"|;&>)]*)?/.exec(
      text,
    );
  if (!url) return null;
  const path = url[1] ?? '/';
  return /^\/(?!\/)[A-Za-z0-9._~@+,=:!%/-]{0,511}(?:\?[A-Za-z0-9._~@+,=:!%/&-]{0,511})?$/.test(path)
    ? path
    : null;
}
