import { humanDuration } from '../kit/duration.ts';
import type { Lab } from '../lab/labs/lab.ts';
import { STATE_WORDS } from '../lab/labs/lab-report.ts';
import type { LabResult } from '../lab/labs/run-lab.ts';
import type { Io } from './io.ts';
import { paint } from './paint.ts';
import { layOut } from './table.ts';

/** `tidegate lab --list`. */
export function listLines(labs: readonly Lab[], { columns }: Io): readonly string[] {
  const rows = labs.map(({ name, title, aboutS, needs = [] }) => [
    name,
    `${aboutS} s`,
    `${title}${needs.length > 0 ? ` (needs ${needs.join(' and ')})` : ''}`,
  ]);
  const allS = labs.reduce((sum, { aboutS }) => sum + aboutS, 0);
  rows.push(['all', humanDuration(allS * 1000), 'one after the other']);
  const before = [0, 1].map((index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const room = columns - before.reduce((sum, width) => sum + width + 2, 0);
  const wrapped = rows.flatMap(([name = '', about = '', learned = '']) =>
    inLines(learned, room).map((line, index) =>
      index === 0 ? [name, about, line] : ['', '', line],
    ),
  );
  return layOut(['LAB', 'ABOUT', 'WHAT ONE LEARNS'], wrapped, columns);
}

/** What a lab found: its claims, what went wrong, where more is. */
export function resultLines(result: LabResult, io: Io): readonly string[] {
  const style = paint(io.colour);
  const { state, claims, problem, durationS, folders } = result;
  const lines = claims.flatMap(({ text, expected, measured, met }) => [
    `  ${met ? style.green('✓') : style.red('✗')} ${text}`,
    `      expected ${expected}; measured ${measured}`,
  ]);
  const words = STATE_WORDS[state];
  return [
    ...lines,
    ...(problem ? problemLines(problem) : []),
    ...folders.map((folder) => `  kept: ${folder}`),
    `  ${state === 'passed' ? style.green(words) : style.red(words)} after ${humanDuration(Math.round(durationS) * 1000)}`,
    '',
  ];
}

/** The last lines of `tidegate lab all`. */
export function summaryLines(results: readonly LabResult[], of: number, io: Io): readonly string[] {
  const style = paint(io.colour);
  const passed = results.filter((result) => result.passed);
  const tookS = results.reduce((sum, { durationS }) => sum + durationS, 0);
  const took = `in ${humanDuration(Math.round(tookS) * 1000)}`;
  if (passed.length === of) return [style.green(`All ${of} labs passed ${took}.`)];
  const others = results.filter((result) => !result.passed);
  return [
    style.red(`${passed.length} of ${of} labs passed ${took}.`),
    ...others.map(({ name, state }) => `  ${name}: ${STATE_WORDS[state]}`),
    ...(results.length < of ? [`  ${of - results.length} were not run`] : []),
  ];
}

// Private

/** A line narrower than this is no help to anybody. */
const NARROWEST = 20;

/** Broken between words. */
function inLines(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= Math.max(NARROWEST, room))
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function problemLines({ message, hint }: NonNullable<LabResult['problem']>): readonly string[] {
  return [
    ...message.split('\n').map((line) => `  ${line}`),
    ...(hint === null ? [] : [`  → ${hint}`]),
  ];
}
