import { readHead, type AnswerHead } from './answer-head.ts';

/** Reads the answers of one connection, one after the other. Strict: what is doubtful is broken. */
export interface AnswerParser {
  /** The answer to a request of this method comes next. */
  begin(method: string): void;
  /** Takes the next `length` bytes of `bytes`; the answer once it is whole. */
  push(bytes: Buffer, length: number): Answer | 'more' | 'broken';
  /** The server has closed: for some answers that is their end, else null. */
  end(): Answer | null;
}

export interface Answer {
  readonly status: number;
  /** The connection takes another request. */
  readonly keepAlive: boolean;
}

type State =
  | 'head'
  | 'length'
  | 'until-close'
  | 'chunk-line'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailer';

const MOST_HEAD_BYTES = 65_536;
/** What does not begin like this is another protocol, whatever follows. */
const START = 'HTTP/1.';
const MOST_LINE_BYTES = 4_096;
const BARE_FEED = /[^\r]\n/;

export function createAnswerParser(): AnswerParser {
  let state: State = 'head';
  let method = 'GET';
  let answer: Answer = { status: 0, keepAlive: false };
  /** Of a head or a line whose end has not come yet. */
  let text = '';
  /** Bytes of the body or the chunk that are still to come. */
  let left = 0;
  let trailerBytes = 0;

  /** The line from `at` on, without its end; undefined while that has not come, null where it is none. */
  const lineFrom = (bytes: Buffer, at: number, length: number): string | null | undefined => {
    const feed = bytes.indexOf(10, at);
    const whole = feed >= 0 && feed < length;
    text += bytes.toString('latin1', at, whole ? feed + 1 : length);
    if (text.length > MOST_LINE_BYTES) return null;
    if (!whole) return undefined;
    const line = text;
    text = '';
    return line.endsWith('\r\n') ? line.slice(0, -2) : null;
  };

  /** Everything up to the empty line, and how many bytes of this piece belong to it. */
  const headFrom = (bytes: Buffer, at: number, length: number) => {
    const before = text.length;
    // The end may lie across two pieces.
    text += bytes.toString('latin1', at, length);
    if (!text.startsWith(START.slice(0, text.length))) return 'broken';
    const end = text.indexOf('\r\n\r\n', Math.max(0, before - 3));
    // A head that ends its lines in another way never has an end: its user would wait for nothing.
    if (end < 0) return text.length > MOST_HEAD_BYTES || BARE_FEED.test(text) ? 'broken' : 'more';
    const head = text.slice(0, end);
    text = '';
    return { head, next: at + end + 4 - before };
  };

  const push = (bytes: Buffer, length: number): Answer | 'more' | 'broken' => {
    let at = 0;
    for (;;) {
      if (state === 'head') {
        const found = headFrom(bytes, at, length);
        if (typeof found === 'string') return found;
        const head = headOf(found.head, method);
        if (!head) return 'broken';
        at = found.next;
        // 100 and 103 come before the answer.
        if (head.status < 200) continue;
        answer = head;
        if (head.body === 'none') return wholeAt(at, length);
        state =
          head.body === 'chunked'
            ? 'chunk-line'
            : head.body === 'until-close'
              ? 'until-close'
              : 'length';
        left = head.length;
      } else if (state === 'length') {
        const taken = Math.min(left, length - at);
        at += taken;
        left -= taken;
        return left > 0 ? 'more' : wholeAt(at, length);
      } else if (state === 'until-close') {
        return 'more';
      } else if (state === 'chunk-data') {
        const taken = Math.min(left, length - at);
        at += taken;
        left -= taken;
        if (left > 0) return 'more';
        state = 'chunk-end';
      } else {
        const line = lineFrom(bytes, at, length);
        if (line === undefined) return 'more';
        if (line === null) return 'broken';
        at = bytes.indexOf(10, at) + 1;
        if (state === 'chunk-end') {
          if (line !== '') return 'broken';
          state = 'chunk-line';
        } else if (state === 'chunk-line') {
          const size = /^([0-9a-f]{1,8})[\t ]*(?:;.*)?$/i.exec(line)?.[1];
          if (size === undefined) return 'broken';
          left = Number.parseInt(size, 16);
          trailerBytes = 0;
          state = left === 0 ? 'trailer' : 'chunk-data';
        } else {
          if (line === '') return wholeAt(at, length);
          trailerBytes += line.length;
          if (trailerBytes > MOST_HEAD_BYTES) return 'broken';
        }
      }
    }
  };

  /** Bytes beyond the end of an answer answer nothing. */
  const wholeAt = (at: number, length: number): Answer | 'broken' =>
    at === length ? answer : 'broken';

  return {
    begin(nextMethod) {
      method = nextMethod;
      state = 'head';
      text = '';
    },
    push,
    end: () => (state === 'until-close' ? answer : null),
  };
}

// Private

let last: { readonly text: string; readonly method: string; readonly head: AnswerHead | null } = {
  text: '',
  method: '',
  head: null,
};

/** `readHead`, remembering the last: heads of one server are the same until its clock moves on. */
function headOf(text: string, method: string): AnswerHead | null {
  if (text !== last.text || method !== last.method) {
    last = { text, method, head: readHead(text, method) };
  }
  return last.head;
}
