import { EXIT, TidegateError } from '../kit/errors.ts';

export function unknownService(name: string, known: readonly string[]): TidegateError {
  return new TidegateError(
    'UNKNOWN_SERVICE',
    `There is no service named ${JSON.stringify(name)}.`,
    {
      hint: `The services are: ${known.join(', ')}.`,
      exitCode: EXIT.usage,
      facts: { known },
    },
  );
}

export function outOfRange(
  service: string,
  count: number,
  min: number,
  max: number,
): TidegateError {
  return new TidegateError(
    'OUT_OF_RANGE',
    `${service} cannot have ${count} replicas: its scale allows ${min} to ${max}.`,
    {
      hint: 'Ask for a count in that range, or change scale.min or scale.max in the configuration.',
      exitCode: EXIT.usage,
      facts: { service, count, min, max },
    },
  );
}
