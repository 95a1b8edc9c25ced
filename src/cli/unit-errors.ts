import { EXIT, TidegateError } from '../kit/errors.ts';

export function unitText(text: string, why: string): TidegateError {
  return new TidegateError(
    'UNIT_TEXT',
    `${JSON.stringify(text)} cannot stand in a systemd unit: it ${why}.`,
    { hint: 'Rename it; nothing was written.', exitCode: EXIT.usage },
  );
}

export function unitNotOurs(path: string, config: string | null): TidegateError {
  const whose = config === null ? '`tidegate install` did not write it' : `it belongs to ${config}`;
  return new TidegateError('UNIT_NOT_OURS', `${path} was left alone: ${whose}.`, {
    hint:
      config === null
        ? 'Look at it; `tidegate install --force` overwrites it, only you can remove it.'
        : 'Give this project a `name` of its own in the configuration, or name that configuration with -c.',
    exitCode: EXIT.usage,
  });
}

export function unitMissing(config: string, folder: string): TidegateError {
  return new TidegateError('UNIT_MISSING', `No unit in ${folder} was written for ${config}.`, {
    hint: 'Write one with `tidegate install`, or name the configuration it was written for with -c.',
  });
}

export function unitEnabled(path: string, disable: string): TidegateError {
  return new TidegateError('UNIT_ENABLED', `${path} is still enabled; it was left alone.`, {
    hint: `First run: ${disable}    The replicas go on; \`tidegate down\` before it ends them too. Then uninstall again.`,
  });
}

export function unitNotWritten(path: string, cause: unknown): TidegateError {
  return new TidegateError('UNIT_NOT_WRITTEN', `${path} cannot be read, written or removed`, {
    cause,
  });
}

export function userNeedsRoot(): TidegateError {
  return new TidegateError('USER_NEEDS_ROOT', 'Only root can say which user a unit runs as.', {
    hint: 'Run it with sudo, or without --user: a unit of your own runs as you.',
    exitCode: EXIT.usage,
  });
}

export function userUnknown(name: string): TidegateError {
  return new TidegateError('USER_UNKNOWN', `There is no user ${JSON.stringify(name)}.`, {
    hint: 'Name one with --user NAME: `getent passwd` lists them.',
    exitCode: EXIT.usage,
  });
}
