const UNIT_BYTES = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 } as const;

const SIZE = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB)$/i;

/** An amount of memory or data as people write it: `'512MB'`, `'1.5GB'`; powers of 1024. */
export type Size = `${number}${keyof typeof UNIT_BYTES}`;

/** Bytes of `'512MB'` (1 KB = 1024 B), or undefined when the text is no size. */
export function parseBytes(text: string): number | undefined {
  const match = SIZE.exec(text.trim());
  if (!match) return undefined;
  const unit = (match[2] as string).toUpperCase() as keyof typeof UNIT_BYTES;
  const bytes = Math.round(Number(match[1]) * UNIT_BYTES[unit]);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The shortest exact spelling: 536870912 → `'512MB'`; `parseBytes` reads it back. */
export function formatBytes(bytes: number): Size {
  for (const unit of ['TB', 'GB', 'MB', 'KB'] as const) {
    if (bytes >= UNIT_BYTES[unit] && bytes % UNIT_BYTES[unit] === 0) {
      return `${bytes / UNIT_BYTES[unit]}${unit}`;
    }
  }
  return `${bytes}B`;
}

/** For people, rounded: 47394816 → `'45 MB'`. */
export function humanBytes(bytes: number): string {
  const unit = (['TB', 'GB', 'MB', 'KB'] as const).find((name) => bytes >= UNIT_BYTES[name]);
  if (!unit) return `${bytes} B`;
  const amount = bytes / UNIT_BYTES[unit];
  return `${amount < 10 ? Number(amount.toFixed(1)) : Math.round(amount)} ${unit}`;
}
