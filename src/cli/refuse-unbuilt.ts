import { EXIT, TidegateError } from '../kit/errors.ts';
import type { Unbuilt } from '../spec/unbuilt.ts';

/**
 * Nothing is accepted and ignored: a key that this version does not build refuses the whole start.
 * @throws TidegateError NOT_IN_THIS_VERSION
 */
export function refuseUnbuilt(unbuilt: readonly Unbuilt[]): void {
  if (unbuilt.length === 0) return;
  const lines = unbuilt.map(({ path, message }) => `  ${path}: ${message}`);
  throw new TidegateError(
    'NOT_IN_THIS_VERSION',
    `The configuration asks for what is not in this version:\n${lines.join('\n')}`,
    {
      hint: 'Take these keys out to start without them.',
      exitCode: EXIT.usage,
      facts: { errors: unbuilt },
    },
  );
}
