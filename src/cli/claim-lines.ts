import type { Claim } from '../lab/report/report.ts';
import { oneLine } from './one-line.ts';
import type { Paint } from './paint.ts';

/** What was expected beside what was measured. */
export function claimLines(claims: readonly Claim[], style: Paint): readonly string[] {
  return claims.map(({ text, expected, measured, met }) => {
    const found = oneLine(`measured ${measured}`);
    return met
      ? `  ${style.green('✓')} ${oneLine(text)}  ${style.dim(found)}`
      : `  ${style.red('✗')} ${oneLine(text)}  ${style.red(`${found}, expected ${expected}`)}`;
  });
}
