import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { EXIT, TidegateError, codeOf, messageOf } from '../../kit/errors.ts';
import { renderReport } from '../../lab/report/render-report.ts';
import type { Report } from '../../lab/report/report.ts';

/** Before the load: an hour of load must not end in a file that cannot be written. @throws TidegateError BAD_REPORT */
export function checkReportPath(path: string): void {
  if (!['.html', '.json'].includes(extname(path)))
    throw badReport(`--report ${path} ends in neither .html nor .json`);
  const folder = dirname(resolve(path));
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw badReport(
      `--report ${path}: the folder ${folder} is not there, or not ours to write to`,
      cause,
    );
  }
  try {
    if (!statSync(path).isFile())
      throw badReport(`--report ${path} is there already, and is no file`);
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown;
  }
}

export interface WrittenReports {
  /** Absolute paths. */
  readonly written: readonly string[];
  /** Sentences: what could not be written, and why. What was measured is to be told all the same. */
  readonly problems: readonly string[];
}

/** Writes each as its name ends, whole or not at all; a report is to be shown, so everybody may read it. */
export function writeReports(
  paths: readonly string[],
  report: Report,
  data: object,
): WrittenReports {
  const written: string[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    const text =
      extname(path) === '.html' ? renderReport(report) : `${JSON.stringify(data, null, 2)}\n`;
    try {
      writeWhole(path, text);
      written.push(resolve(path));
    } catch (thrown) {
      problems.push(`The report cannot be written to ${path}: ${messageOf(thrown)}`);
    }
  }
  return { written, problems };
}

// Private

function writeWhole(path: string, text: string): void {
  const written = `${path}.${process.pid}.new`;
  try {
    writeFileSync(written, text, { mode: 0o644, flag: 'wx' });
    renameSync(written, path);
  } catch (thrown) {
    rmSync(written, { force: true });
    throw thrown;
  }
}

function badReport(problem: string, cause?: unknown): TidegateError {
  return new TidegateError('BAD_REPORT', problem, {
    hint: 'Name a file such as load.html or load.json.',
    exitCode: EXIT.usage,
    cause,
  });
}
