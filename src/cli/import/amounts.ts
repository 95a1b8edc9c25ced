import { formatBytes } from '../../kit/bytes.ts';
import type { Size } from '../../kit/bytes.ts';
import type { ScaleConfig } from '../../spec/define.ts';
import { scalarText } from './keys.ts';

/** `'300M'`, `'1gb'`, `1048576` as PM2 and Compose write it; undefined when it is no size. */
export function sizeOf(written: unknown): Size | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([kmgt]?)i?b?$/i.exec(scalarText(written).trim());
  if (!match) return undefined;
  const power = ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase());
  const bytes = Math.round(Number(match[1]) * 1024 ** power);
  return bytes > 0 && Number.isSafeInteger(bytes) ? formatBytes(bytes) : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of Compose's `'1m30s'`; undefined when it is no duration. */
export function durationMsOf(written: unknown): number | undefined {
  const text = scalarText(written).trim();
  if (!/^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/.test(text)) return undefined;
  let sumMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)) {
    sumMs += Number(amount) * (UNIT_MS[unit as string] as number);
  }
  return Math.round(sumMs);
}

/** A whole number that may be written as text. */
export function wholeOf(written: unknown): number | undefined {
  const number =
    typeof written === 'string' && /^-?\d+$/.test(written.trim()) ? Number(written) : written;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** What ran once is not started twice unasked; what ran as several is kept at most at so many. */
export function scaleFor(count: number | 'cores'): {
  readonly scale: ScaleConfig;
  readonly remark: string;
} {
  if (count === 1) {
    return {
      scale: { min: 1, max: 1 },
      remark: 'One ran before. Raise scale.max once several may run side by side.',
    };
  }
  return {
    scale: { min: 1, max: count },
    remark:
      'As many as ran before at most, as few as the load needs. Raise scale.min to keep more.',
  };
}
