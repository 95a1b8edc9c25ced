import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { commandNotFound, notExecutable } from './errors.ts';

/**
 * The file a command name stands for, as execvp would find it: along `path` unless it holds a slash.
 * @throws TidegateError COMMAND_NOT_FOUND, or SPAWN_FAILED when the file is there and not executable
 */
export function findExecutable(command: string, path: string, cwd: string): string {
  const candidates = command.includes('/')
    ? [resolve(cwd, command)]
    : path.split(delimiter).map((folder) => resolve(cwd, folder, command));
  const files = candidates.filter(isFile);
  const found = files.find(isExecutable);
  if (found !== undefined) return found;
  if (files[0] !== undefined) throw notExecutable(files[0]);
  throw commandNotFound(command, path, cwd);
}

// Private

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // Not there, or in a folder we may not enter: either way execvp goes on to the next.
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
