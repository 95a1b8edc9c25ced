/** What is wrong with a cron expression of five fields, or six with seconds in front; null: nothing. */
export function cronProblem(text: string): string | null {
  const words = text.trim().split(/\s+/);
  if (words.length !== 5 && words.length !== 6) {
    return "must have five fields, as in '0 3 * * *' (minute, hour, day of month, month, day of week), or six with seconds in front";
  }
  const fields = FIELDS.slice(FIELDS.length - words.length);
  const values: (readonly number[])[] = [];
  for (const [index, field] of fields.entries()) {
    const word = words[index] ?? '';
    const found = valuesOf(word, field);
    if (found === null) return `${ruleOf(field)}, got '${word}'`;
    values.push(found);
  }
  const [days = [], months = [], weekdays = []] = values.slice(-3);
  if (weekdays.length < 7) return null;
  const longest = Math.max(...months.map((month) => DAYS[month - 1] ?? 0));
  return Math.min(...days) > longest
    ? `must be a date that comes: there is no day ${Math.min(...days)} in the months it names`
    : null;
}

// Private

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** What may stand for the numbers from `least` on. */
  readonly words: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAY_OF_MONTH = 'day of month';
/** Stands for the last day. */
const EVERY_MONTH_HAS = 28;

const FIELDS: readonly Field[] = [
  { name: 'second', least: 0, most: 59, words: [] },
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: DAY_OF_MONTH, least: 1, most: 31, words: [] },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  // 0 and 7 are both Sunday.
  { name: 'day of week', least: 0, most: 7, words: WEEKDAYS },
];

function ruleOf({ name, least, most, words }: Field): string {
  const named = words.length > 0 ? ` or ${words[0]} to ${words.at(-1)}` : '';
  const last = name === DAY_OF_MONTH ? ', or L for the last' : '';
  return `must have as ${name} '*', numbers from ${least} to ${most}${named}, ranges (1-5), steps (*/2, 1-9/2) or a list of these${last}`;
}

/** The numbers a field names; null: it is not valid. */
function valuesOf(word: string, field: Field): readonly number[] | null {
  const parts = word.split(',').map((part) => partOf(part, field));
  return parts.every((part) => part !== null) ? [...new Set(parts.flat())] : null;
}

function partOf(part: string, field: Field): readonly number[] | null {
  if (field.name === DAY_OF_MONTH && /^l$/i.test(part)) return [EVERY_MONTH_HAS];
  const match = /^(?:(\*)|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d{1,2}))?$/i.exec(part);
  if (!match) return null;
  const [, all, first = '', last, step] = match;
  // `5/10` means different things to different programs.
  if (step !== undefined && all === undefined && last === undefined) return null;
  const from = all ? field.least : numberOf(first, field);
  const to = all ? mostOf(field) : last === undefined ? from : numberOf(last, field);
  const by = Number(step ?? 1);
  if (from === null || to === null || to < from || by < 1 || by > field.most) return null;
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

function mostOf({ words, least, most }: Field): number {
  return words.length > 0 ? least + words.length - 1 : most;
}

function numberOf(text: string, { least, most, words }: Field): number | null {
  const index = words.indexOf(text.toLowerCase());
  if (index >= 0) return least + index;
  if (!/^\d{1,2}$/.test(text)) return null;
  const number = Number(text);
  return number >= least && number <= most ? number : null;
}
