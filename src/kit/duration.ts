const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** A length of time as people write it: `'250ms'`, `'15s'`, `'2m'`, `'1.5h'`, `'7d'`. */
export type Duration = `${number}${keyof typeof UNIT_MS}`;

/** Milliseconds of `'250ms' '15s' '2m' '1h' '7d'`, or undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  if (!match) return undefined;
  const durationMs = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
  return Number.isSafeInteger(Math.round(durationMs)) ? Math.round(durationMs) : undefined;
}

/** The shortest exact spelling: 1500 → `'1500ms'`, 60000 → `'1m'`; `parseDuration` reads it back. */
export function formatDuration(durationMs: number): Duration {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (durationMs >= UNIT_MS[unit] && durationMs % UNIT_MS[unit] === 0) {
      return `${durationMs / UNIT_MS[unit]}${unit}`;
    }
  }
  return `${durationMs}ms`;
}

/** For people, not for parsing: 90000 → `'1 min 30 s'`, 420 → `'420 ms'`, 3400 → `'3.4 s'`. */
export function humanDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${Number((durationMs / 1_000).toFixed(1))} s`;
  const [big, small, bigMs, smallMs] =
    durationMs < UNIT_MS.h
      ? (['min', 's', UNIT_MS.m, UNIT_MS.s] as const)
      : durationMs < UNIT_MS.d
        ? (['h', 'min', UNIT_MS.h, UNIT_MS.m] as const)
        : (['d', 'h', UNIT_MS.d, UNIT_MS.h] as const);
  const whole = Math.floor(durationMs / bigMs);
  const rest = Math.floor((durationMs % bigMs) / smallMs);
  return rest === 0 ? `${whole} ${big}` : `${whole} ${big} ${rest} ${small}`;
}
