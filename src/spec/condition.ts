import { formatBytes, parseBytes } from '../kit/bytes.ts';
import { formatDuration, parseDuration } from '../kit/duration.ts';
import type { AlertCondition, AlertOperator, AlertUnit } from './alerts.ts';
import { OPERATORS } from './alerts.ts';

/** A condition in its parts, none of them judged. */
export interface WrittenCondition {
  /** `api`, `services.api`, `*` */
  readonly subject: string;
  readonly signal: string;
  readonly operator: AlertOperator;
  readonly amount: string;
}

/** `'api.latency > 2s'` in its parts; null: it has other ones. */
export function parseCondition(text: string): WrittenCondition | null {
  const match = CONDITION.exec(text);
  if (!match) return null;
  const [, subject = '', signal = '', operator, amount = ''] = match;
  return { subject, signal, operator: operator as AlertOperator, amount };
}

/** The amount in one of the units, the first that it fits; null: in none of them. */
export function parseAmount(
  text: string,
  units: readonly AlertUnit[],
): { readonly unit: AlertUnit; readonly threshold: number } | null {
  for (const unit of units) {
    const threshold = READ[unit](text);
    if (threshold !== undefined) return { unit, threshold };
  }
  return null;
}

/** What `parseAmount` takes, for the end of a sentence. */
export function amountRule(units: readonly AlertUnit[]): string {
  return units.map((unit) => RULES[unit]).join(', or ');
}

/** As one would write it: `latency > 2s`. */
export function conditionText({ signal, operator, threshold, unit }: AlertCondition): string {
  return `${signal} ${operator} ${AMOUNTS[unit](threshold)}`;
}

// Private

const CONDITION = new RegExp(
  `^\\s*(\\S+?)\\.([A-Za-z0-9]+)\\s*(${OPERATORS.join('|')})\\s*([0-9A-Za-z.%]+)\\s*$`,
);

const NUMBER = /^\d+(?:\.\d+)?$/;

const READ: Readonly<Record<AlertUnit, (text: string) => number | undefined>> = {
  time: parseDuration,
  size: parseBytes,
  number: (text) => (NUMBER.test(text) ? Number(text) : undefined),
  fraction(text) {
    if (text.endsWith('%')) {
      const percent = text.slice(0, -1);
      return NUMBER.test(percent) ? Number((Number(percent) / 100).toFixed(6)) : undefined;
    }
    return NUMBER.test(text) && Number(text) <= 1 ? Number(text) : undefined;
  },
};

const RULES: Readonly<Record<AlertUnit, string>> = {
  time: 'a duration such as 2s',
  fraction: 'a fraction such as 80% or 0.8',
  size: 'a size such as 400MB',
  number: 'a number such as 50',
};

const AMOUNTS: Readonly<Record<AlertUnit, (value: number) => string>> = {
  time: formatDuration,
  fraction: (value) => `${Number((value * 100).toFixed(4))}%`,
  size: formatBytes,
  number: String,
};
