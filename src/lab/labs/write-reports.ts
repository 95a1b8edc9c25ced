import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf, TidegateError } from '../../kit/errors.ts';
import { renderReport } from '../report/render-report.ts';
import { indexReport } from './lab-report.ts';
import type { LabResult } from './run-lab.ts';

export interface Reports {
  /** The path of `index.html`. */
  readonly index: string;
  pageOf(lab: string): string;
  /** Why not all is there that should be, as a sentence; null: it is. What was measured is told all the same. */
  readonly problem: string | null;
  /** Writes page and data of a lab. */
  write(result: LabResult): void;
  /** Writes the index over these; called after each, so that an end half way leaves what there is. */
  writeIndex(results: readonly LabResult[]): void;
}

/** Makes the folder where there is none, and looks whether it may be written to, before anything is measured. @throws TidegateError REPORT_NOT_WRITTEN */
export function openReports(folder: string): Reports {
  const startedAt = Date.now();
  const path = (file: string): string => join(resolve(folder), file);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw notWritten(folder, cause);
  }
  let problem: string | null = null;
  const attempt = (write: () => unknown): void => {
    try {
      write();
    } catch (cause) {
      problem ??= messageOf(notWritten(folder, cause));
    }
  };
  return {
    get problem() {
      return problem;
    },
    index: path('index.html'),
    pageOf: (lab) => path(`${lab}.html`),
    write(result) {
      attempt(() => {
        writeFileSync(path(`${result.name}.html`), renderReport(result.report));
        writeFileSync(path(`${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
      });
    },
    writeIndex(results) {
      const page = renderReport(indexReport(results, startedAt));
      attempt(() => writeFileSync(path('index.html'), page));
    },
  };
}

// Private

function notWritten(folder: string, cause: unknown): TidegateError {
  return new TidegateError('REPORT_NOT_WRITTEN', `The report cannot be written to ${folder}`, {
    hint: 'Name a folder that may be written to.',
    cause,
  });
}
