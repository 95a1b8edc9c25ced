interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The count that was typed; null: it is none, or out of bounds. */
export function countOf(text: string, { min, max }: Bounds): number | null {
  if (!/^\d{1,5}$/.test(text)) return null;
  const count = Number(text);
  return count >= min && count <= max ? count : null;
}

/** One step on from what was typed, within the bounds; from the lower one where that is no number. */
export function stepped(text: string, by: number, { min, max }: Bounds): number {
  const from = /^\d{1,5}$/.test(text) ? Number(text) : min - by;
  return Math.min(max, Math.max(min, from + by));
}
