import { dirname, resolve } from 'node:path';

/**
 * Where the project's `.tidegate/` is: beside the configuration, or here. Apart from all that reads a configuration: who only
 * asks a project that runs starts in half the time without it.
 */
export function projectFolder(file?: string, cwd = process.cwd()): string {
  return file === undefined ? cwd : dirname(resolve(cwd, file));
}
