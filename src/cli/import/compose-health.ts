import { formatDuration } from '../../kit/duration.ts';
import { DEFAULTS } from '../../spec/defaults.ts';
import type { ServiceConfig } from '../../spec/define.ts';
import { durationMsOf } from './amounts.ts';
import type { Lose } from './draft.ts';
import { keysOf, scalarText } from './keys.ts';
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
  const [timeout, start] = [check.take('timeout') ?? null, check.take('start_period') ?? null];
  const timeoutMs = durationMsOf(timeout) ?? 0;
  const startupMs = durationMsOf(start) ?? 0;
  if (timeout !== null && timeoutMs === 0) lost('healthcheck.timeout', 'is no duration such as 5s');
  if (start !== null && startupMs <= DEFAULTS.health.startupMs) {
    lost(
      'healthcheck.start_period',
      'a replica may take a minute until it answers: health.startup',
    );
  }
  for (const [key, value] of check.rest()) {
    if (value !== null) lost(`healthcheck.${key}`, WHY.get(key) ?? 'Tidegate has nothing like it');
  }
  const health = {
    ...(path !== null && { path }),
    ...(timeoutMs > 0 && { timeout: formatDuration(timeoutMs) }),
    ...(startupMs > DEFAULTS.health.startupMs && { startup: formatDuration(startupMs) }),
  };
  return Object.keys(health).length > 0 ? { health } : {};
}

// Private

const WHY: ReadonlyMap<string, string> = new Map([
  ['interval', 'the gateway asks every second, as it routes by the answer: health.interval'],
  ['retries', 'three misses take a replica out of rotation; health.replaceAfter replaces it'],
  ['start_interval', 'a starting replica is asked every 50 ms'],
]);

/** Of the container, at whatever port; what follows is the path, to the end of the word. */
const OWN_ADDRESS =
  /\bhttp:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(?:\d+|\$+\{?\w+\}?))?(\/[^\s'"|;&>)]*)?(?=[\s'"|;&>)]|$)/;

function pathOf(test: unknown): string | null {
  const text = Array.isArray(test)
    ? test.map(scalarText).join(' ')
    : typeof test === 'string'
      ? test
      : '';
  if (!/\b(?:curl|wget)\b/.test(text)) return null;
  const url = OWN_ADDRESS.exec(text);
  if (!url) return null;
  const path = url[1] ?? '/';
  return /^\/(?!\/)[A-Za-z0-9._~@+,=:!%/-]{0,511}(?:\?[A-Za-z0-9._~@+,=:!%/&-]{0,511})?$/.test(path)
    ? path
    : null;
}
