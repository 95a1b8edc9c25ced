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

/** Why what was typed is no count; null: it is one. */
export function countProblem(text: string, { min, max }: Bounds): string | null {
  if (countOf(text, { min, max }) !== null) return null;
  if (!/^\d+$/.test(text)) return `a number, ${min} to ${max}`;
  return Number(text) > max ? `${max} at most` : `${min} at least`;
}

/** One step on from what was typed, within the bounds; from the lower one where that is no number. */
export function stepped(text: string, by: number, { min, max }: Bounds): number {
  const from = /^\d{1,5}$/.test(text) ? Number(text) : min - by;
  return Math.min(max, Math.max(min, from + by));
}
