/** HAProxy takes 64 words in a line at most. */
export const VALUES_A_LINE = 40;

/** Values in portions that fit in a line each. */
export function chunks(values: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(values.length / VALUES_A_LINE);
  return Array.from({ length: count }, (_, index) =>
    values.slice(index * VALUES_A_LINE, (index + 1) * VALUES_A_LINE),
  );
}
