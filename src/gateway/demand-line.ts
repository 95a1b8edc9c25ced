/** What the program that holds requests writes into the log: `{"demand":"api"}`; null when a line is something else. */
export function parseDemandLine(text: string): string | null {
  return /^\{"demand":"([A-Za-z0-9_-]{1,63})"\}\s*$/.exec(text)?.[1] ?? null;
}
