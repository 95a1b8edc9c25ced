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
  /** Writes page and data of the last of these, and the index of all; called after each, so that no end loses more than one. */
  write(results: readonly LabResult[]): void;
}

/** Makes the folder where there is none. @throws TidegateError REPORT_NOT_WRITTEN */
export function openReports(folder: string): Reports {
  const startedAt = Date.now();
  const path = (file: string): string => join(resolve(folder), file);
  attempt(folder, () => mkdirSync(folder, { recursive: true }));
  return {
    index: path('index.html'),
    pageOf: (lab) => path(`${lab}.html`),
    write(results) {
      const last = results.at(-1);
      if (!last) return;
      attempt(folder, () => {
        writeFileSync(path(`${last.name}.html`), renderReport(last.report));
        writeFileSync(path(`${last.name}.json`), `${JSON.stringify(last, null, 2)}\n`);
        writeFileSync(path('index.html'), renderReport(indexReport(results, startedAt)));
      });
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
