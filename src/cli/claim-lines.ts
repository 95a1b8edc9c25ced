import type { Claim } from '../lab/report/report.ts';
import type { Paint } from './paint.ts';

/** What was expected beside what was measured. */
export function claimLines(claims: readonly Claim[], style: Paint): readonly string[] {
  return claims.map(({ text, expected, measured, met }) =>
    met
      ? `  ${style.green('✓')} ${text}  ${style.dim(`measured ${measured}`)}`
      : `  ${style.red('✗')} ${text}  ${style.red(`measured ${measured}, expected ${expected}`)}`,
  );
}
