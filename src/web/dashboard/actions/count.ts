/** What the stepper of a service holds: within its bounds, from what was typed. */
export function within(value: number, { min, max }: { min: number; max: number }): number {
  return Math.min(max, Math.max(min, value));
}

/** The count that was typed; null: it is none, or out of bounds. */
export function countOf(text: string, { min, max }: { min: number; max: number }): number | null {
  if (!/^\d{1,5}$/.test(text.trim())) return null;
  const count = Number(text);
  return count >= min && count <= max ? count : null;
}
