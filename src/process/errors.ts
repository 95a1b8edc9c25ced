import { EXIT, TidegateError, codeOf, messageOf } from '../kit/errors.ts';

export function commandNotFound(command: string, path: string, cwd: string): TidegateError {
  const where = command.includes('/') ? `from ${cwd}` : 'on the PATH';
  return new TidegateError('COMMAND_NOT_FOUND', `the command ${command} was not found ${where}`, {
    hint: command.includes('/')
      ? 'Check the spelling; a relative path starts at the cwd of the service.'
      : 'Install it, or write its full path; it was looked for along the PATH that Tidegate was started with.',
    exitCode: EXIT.usage,
    facts: { command, path, cwd },
  });
}

export function notExecutable(file: string): TidegateError {
  return new TidegateError('SPAWN_FAILED', `${file} is not executable`, {
    hint: `Run chmod +x ${file}, or name the program that runs it, as in node ${file}.`,
    exitCode: EXIT.usage,
    facts: { file },
  });
}

export function folderNotFound(cwd: string): TidegateError {
  return new TidegateError('SPAWN_FAILED', `the folder ${cwd} does not exist`, {
    hint: 'Correct cwd of the service; a relative one starts at the configuration file.',
    exitCode: EXIT.usage,
    facts: { cwd },
  });
}

/** `user` is who it was to run as, where that is not who we are. */
export function spawnFailed(file: string, user: string | null, cause: unknown): TidegateError {
  return new TidegateError('SPAWN_FAILED', `could not start ${file}: ${messageOf(cause)}`, {
    hint: hintOfSpawn(file, user, codeOf(cause)),
    cause,
    facts: { file, code: codeOf(cause) ?? null },
  });
}

export function unknownUser(name: string): TidegateError {
  return new TidegateError('UNKNOWN_USER', `there is no user ${name} on this machine`, {
    hint: `Correct user of the service, or run: useradd --system ${name}`,
    exitCode: EXIT.usage,
    facts: { user: name },
  });
}

export function userNeedsRoot(name: string): TidegateError {
  return new TidegateError('SPAWN_FAILED', `only root may start a program as the user ${name}`, {
    hint: 'Start tidegate as root, or leave user out of the service.',
    exitCode: EXIT.usage,
    facts: { user: name },
  });
}

export function logNotWritable(path: string, cause: unknown): TidegateError {
  return new TidegateError(
    'LOG_NOT_WRITABLE',
    `cannot write the log ${path}: ${messageOf(cause)}`,
    {
      hint: 'Make its folder writable for the user tidegate runs as.',
      cause,
      facts: { path, code: codeOf(cause) ?? null },
    },
  );
}

export function stillRunning(pids: readonly number[], waitedMs: number): TidegateError {
  return new TidegateError(
    'STILL_RUNNING',
    `processes ${pids.join(', ')} have not ended ${waitedMs} ms after SIGKILL`,
    {
      hint: 'They wait in the kernel, as a rule for a disk or a network file system that hangs.',
      facts: { pids },
    },
  );
}

export function notOurs(pid: number): TidegateError {
  return new TidegateError('NOT_OURS', `process ${pid} cannot be proved ours and was left alone`, {
    hint: `See what it is with: ps -fp ${pid}. End it by hand if it is not needed.`,
    facts: { pid },
  });
}

// Private

function hintOfSpawn(file: string, user: string | null, code: string | undefined): string {
  if (code === 'ENOENT')
    return 'The file is there: the interpreter its first line names is probably not.';
  if (code === 'EACCES' && user !== null)
    return `${user} may not run it, or not come through the folders to it or to cwd: namei -l ${file} shows what each allows.`;
  return 'Try the same command by hand, as the same user, in the same folder.';
}
