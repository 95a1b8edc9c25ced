/** One line of `show stat`: a backend, or a server in it. */
export interface StatLine {
  readonly backend: string;
  /** Null: the backend as a whole. */
  readonly server: string | null;
  readonly queued: number;
  readonly current: number;
  readonly status: string;
  /** Requests that came, whether they wait, are in service or have their answer. Of a server: 0. */
  readonly came: number;
  /**
   * Requests finished since the worker started, and those of them answered 5xx. For a server each attempt counts, and one
   * that ended without a valid answer is an error.
   */
  readonly requests: number;
  readonly errors: number;
  /** Requests refused on purpose; they are in `requests` and `errors`, once they have their answer. */
  readonly refused: number;
  /** Errors of which no connection came about: of a backend also those of requests that no server was chosen for. */
  readonly unconnected: number;
}

/** Everything the gateway reads every tick: frontends (1), backends (2) and servers (4), without the empty slots. */
export const SHOW_STAT = 'show stat -1 7 -1 no-maint';

/** Reads HAProxy's statistics as CSV. @throws Error when the columns are not there */
export function parseStat(text: string): readonly StatLine[] {
  const columns = columnsOf(text.slice(0, text.indexOf('\n')));
  const lines: StatLine[] = [];
  const fields: string[] = [];
  for (let at = text.indexOf('\n') + 1; at > 0 && at < text.length; ) {
    const end = text.indexOf('\n', at);
    const stop = end < 0 ? text.length : end;
    splitFields(text, at, stop, columns.last + 1, fields);
    const type = fields.length > columns.last ? fields[columns.type] : '';
    if (type === '1' || type === '2') {
      lines.push({
        backend: fields[columns.backend] as string,
        server: type === '1' ? null : (fields[columns.server] as string),
        queued: Number(fields[columns.queued]),
        current: Number(fields[columns.current]),
        status: fields[columns.status] as string,
        ...(type === '1' ? countsOfBackend(fields, columns) : countsOfServer(fields, columns)),
      });
    }
    at = stop + 1;
  }
  return lines;
}

// Private

const NAMES = {
  backend: 'pxname',
  server: 'svname',
  queued: 'qcur',
  current: 'scur',
  status: 'status',
  type: 'type',
  requests: 'req_tot',
  denied: 'dreq',
  attempts: 'stot',
  invalid: 'eresp',
  unconnected: 'econ',
  gaveUp: 'cli_abrt',
  answered1xx: 'hrsp_1xx',
  answered2xx: 'hrsp_2xx',
  answered3xx: 'hrsp_3xx',
  answered4xx: 'hrsp_4xx',
  answered5xx: 'hrsp_5xx',
  answeredOther: 'hrsp_other',
} as const;

const ANSWERED = [
  'answered1xx',
  'answered2xx',
  'answered3xx',
  'answered4xx',
  'answered5xx',
  'answeredOther',
] as const;

/** Nothing but what is refused on purpose is denied in a backend: `render/shedding.test.ts` sees to it. */
function countsOfBackend(fields: readonly string[], columns: Columns): StatCounts {
  return {
    came: Number(fields[columns.attempts]),
    requests: Number(fields[columns.requests]),
    errors: Number(fields[columns.answered5xx]),
    refused: Number(fields[columns.denied]),
    unconnected: Number(fields[columns.unconnected]),
  };
}

/**
 * HAProxy has no counter of a server's requests without an answer: a connection that closes before one is in none
 * (`eresp`) when it was used before. So they are what is left of the attempts that ended when answers and impatient
 * clients are taken away. As long as answers are on their way that is too few, never too many.
 */
function countsOfServer(fields: readonly string[], columns: Columns): StatCounts {
  const value = (name: keyof typeof NAMES): number => Number(fields[columns[name]]);
  const answered = ANSWERED.reduce((sum, name) => sum + value(name), 0);
  const ended = value('attempts') - value('current') - value('gaveUp');
  const unanswered = Math.max(value('invalid'), ended - answered);
  return {
    came: 0,
    requests: answered + unanswered,
    errors: value('answered5xx') + unanswered,
    refused: 0,
    unconnected: value('unconnected'),
  };
}

type StatCounts = Pick<StatLine, 'came' | 'requests' | 'errors' | 'refused' | 'unconnected'>;

type Columns = Record<keyof typeof NAMES, number> & { readonly last: number };

function columnsOf(header: string): Columns {
  const titles = header.replace(/^# /, '').split(',');
  const positions = Object.entries(NAMES).map(([key, title]) => {
    const position = titles.indexOf(title);
    if (position < 0) throw new Error(`no column ${title} in HAProxy's statistics`);
    return [key, position] as const;
  });
  const last = Math.max(...positions.map(([, position]) => position));
  return { ...Object.fromEntries(positions), last } as Columns;
}

/** Only as many fields as are needed: a line has over a hundred. A quoted field may hold commas. */
function splitFields(text: string, from: number, to: number, most: number, into: string[]): void {
  into.length = 0;
  for (let at = from; at <= to && into.length < most; ) {
    const quoted = text[at] === '"';
    const closing = quoted ? closingQuote(text, at + 1, to) : at;
    const comma = text.indexOf(',', closing);
    const end = comma < 0 || comma > to ? to : comma;
    into.push(quoted ? text.slice(at + 1, closing).replaceAll('""', '"') : text.slice(at, end));
    at = end + 1;
  }
}

function closingQuote(text: string, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    if (text[at] !== '"') continue;
    if (text[at + 1] !== '"') return at;
    at++;
  }
  return to;
}
