import { EXIT, TidegateError } from '../kit/errors.ts';

export function controlNotRunning(folder: string): TidegateError {
  return new TidegateError('CONTROL_NOT_RUNNING', `Tidegate is not running in ${folder}.`, {
    hint:
      'Start it with `tidegate up` (without a configuration file: `tidegate run -- CMD`), or name the configuration of a ' +
      'running project with -c. ' +
      'What replicas wrote is in .tidegate/logs/.',
    facts: { folder },
  });
}

export function usage(code: string, sentence: string, hint: string): TidegateError {
  return new TidegateError(code, sentence, { hint, exitCode: EXIT.usage });
}
