import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TidegateError } from '../../kit/errors.ts';
import { renderReport } from '../report/render-report.ts';
import { indexReport } from './lab-report.ts';
import type { LabResult } from './run-lab.ts';

export interface Reports {
  /** The path of `index.html`. */
  readonly index: string;
  pageOf(lab: string): string;
  /** Writes page and data of a lab. */
  write(result: LabResult): void;
  /** Writes the index over these; called after each, so that an end half way leaves what there is. */
  writeIndex(results: readonly LabResult[]): void;
}

/** Makes the folder where there is none. @throws TidegateError REPORT_NOT_WRITTEN */
export function openReports(folder: string): Reports {
  const startedAt = Date.now();
  const path = (file: string): string => join(resolve(folder), file);
  attempt(folder, () => mkdirSync(folder, { recursive: true }));
  return {
    index: path('index.html'),
    pageOf: (lab) => path(`${lab}.html`),
    write(result) {
      attempt(folder, () => {
        writeFileSync(path(`${result.name}.html`), renderReport(result.report));
        writeFileSync(path(`${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
      });
    },
    writeIndex(results) {
      const page = renderReport(indexReport(results, startedAt));
      attempt(folder, () => writeFileSync(path('index.html'), page));
    },
  };
}

// Private

function attempt(folder: string, write: () => unknown): void {
  try {
    write();
  } catch (cause) {
    throw new TidegateError('REPORT_NOT_WRITTEN', `The report cannot be written to ${folder}`, {
      hint: 'Name a folder that may be written to.',
      cause,
    });
  }
}
