import { parseDuration } from '../../kit/duration.ts';
import type { LoadResult } from '../../lab/load/result.ts';
import type { Claim } from '../../lab/report/report.ts';
import { numberText, valueText } from '../../lab/report/value-text.ts';
import { COMPARE, OPERATOR_WORDS } from '../comparison.ts';
import type { Operator } from '../comparison.ts';

/** One `--expect`: what is measured, and what it is held against. */
export interface Expectation {
  /** As it was written. */
  readonly text: string;
  readonly subject: Subject;
  readonly operator: Operator;
  /** ms, percent, or a count. */
  readonly bound: number;
  readonly unit: 'ms' | '%' | '/s' | '';
}

/** An expectation, or what is wrong with the text as a sentence. */
export function parseExpectation(text: string): Expectation | string {
  const match = /^\s*([a-z]\w*)\s*(<=|>=|<|>)\s*([\d.]+)\s*(ms|s|m|h|%|\/s)?\s*$/.exec(text);
  if (!match) return `'${text}' is no expectation such as p95<300ms or errors<1%`;
  const [, name = '', operator = '', number = '', suffix = ''] = match;
  const units = UNITS[name as Subject];
  if (!Object.hasOwn(UNITS, name) || !units) {
    return `'${text}': ${name} is not measured, only ${Object.keys(UNITS).join(', ')}`;
  }
  const unit = units.find((each) =>
    each === 'ms' ? TIMES.includes(suffix) : each === suffix || (each === '/s' && suffix === ''),
  );
  if (unit === undefined)
    return `'${text}': ${name} is held against ${units.map(unitWord).join(' or ')}`;
  const bound = unit === 'ms' ? parseDuration(`${number}${suffix}`) : Number(number);
  if (bound === undefined || !Number.isFinite(bound)) return `'${text}': ${number} is not a number`;
  return {
    text: text.trim(),
    subject: name as Subject,
    operator: operator as Operator,
    bound,
    unit,
  };
}

/** What was measured held against it. What could not be measured, because nothing was answered, is not met. */
export function judge(expectation: Expectation, result: LoadResult): Claim {
  const { text, operator, bound, unit } = expectation;
  const measured = measuredOf(expectation, result);
  return {
    text,
    expected: `${OPERATOR_WORDS[operator]} ${amountText(bound, unit)}`,
    measured: measured === null ? 'nothing to measure' : measuredText(measured, bound, unit),
    met: measured !== null && COMPARE[operator](measured, bound),
  };
}

// Private

type Subject =
  | 'p50'
  | 'p90'
  | 'p95'
  | 'p99'
  | 'p999'
  | 'max'
  | 'errors'
  | 'ok'
  | 'rps'
  | 'requests';

const TIMES = ['ms', 's', 'm', 'h'];

const UNITS: Readonly<Record<Subject, readonly Expectation['unit'][]>> = {
  p50: ['ms'],
  p90: ['ms'],
  p95: ['ms'],
  p99: ['ms'],
  p999: ['ms'],
  max: ['ms'],
  errors: ['%', ''],
  ok: ['%'],
  rps: ['/s'],
  requests: [''],
};

function unitWord(unit: Expectation['unit']): string {
  if (unit === 'ms') return 'a time such as 300ms';
  return unit === '%' ? 'a percentage such as 1%' : 'a number';
}

function measuredOf({ subject, unit }: Expectation, result: LoadResult): number | null {
  const { requests, ok, rps, latencyMs } = result;
  if (subject === 'requests') return requests;
  if (subject === 'rps') return rps;
  // Nothing ended: neither well nor badly.
  if (requests === 0) return null;
  // Divided last: 7 / 100 * 100 is more than 7.
  if (subject === 'ok') return (ok * 100) / requests;
  if (subject === 'errors')
    return unit === '%' ? ((requests - ok) * 100) / requests : requests - ok;
  return latencyMs[subject];
}

/** With more digits where rounding would make it what it is held against. */
function measuredText(measured: number, bound: number, unit: Expectation['unit']): string {
  const text = amountText(measured, unit);
  if (measured === bound || text !== amountText(bound, unit)) return text;
  return `${Number(measured.toPrecision(9))} ${unit}`.replace(' /s', '/s').trim();
}

function amountText(amount: number, unit: Expectation['unit']): string {
  if (unit === '/s') return `${numberText(amount)}/s`;
  return valueText(amount, unit);
}
