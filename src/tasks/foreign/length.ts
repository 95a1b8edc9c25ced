/** What a source answered as the length of a queue. @throws Error for anything that is none */
export function lengthOf(answer: unknown): number {
  // PostgreSQL sends counts as text, since they may be larger than numbers are exact.
  const length = typeof answer === 'string' && answer.trim() !== '' ? Number(answer) : answer;
  if (typeof length === 'number' && length >= 0 && length <= Number.MAX_SAFE_INTEGER) return length;
  throw new Error(`its answer is not a length: ${JSON.stringify(answer)?.slice(0, 100)}`);
}
