/** A line of HAProxy's is at most 8 kB; anything longer is not one. */
const LONGEST_FRAME = 64 * 1024;

/** `65536 `: the digits of the longest length and the space behind it. */
const LONGEST_PREFIX = 6;

const SPACE = 0x20;

export interface FrameReader {
  /** Takes bytes as they come; false when they are not frames, after which the stream cannot be trusted any more. */
  push(chunk: Buffer): boolean;
}

/** Cuts a stream of octet-counted messages (RFC 6587 3.4.1: length, space, message) wherever its chunks were cut. */
export function createFrameReader(onFrame: (frame: Buffer) => void): FrameReader {
  let rest: Buffer = Buffer.alloc(0);

  return {
    push(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      while (at < bytes.length) {
        const space = bytes.subarray(at, at + LONGEST_PREFIX).indexOf(SPACE);
        if (space < 0 && bytes.length - at < LONGEST_PREFIX) {
          if (!isDigits(bytes, at, bytes.length)) return false;
          break;
        }
        if (space < 1 || !isDigits(bytes, at, at + space)) return false;
        const length = Number(bytes.toString('latin1', at, at + space));
        if (length > LONGEST_FRAME) return false;
        const start = at + space + 1;
        if (start + length > bytes.length) break;
        onFrame(bytes.subarray(start, start + length));
        at = start + length;
      }
      rest = bytes.subarray(at);
      return true;
    },
  };
}

// Private

function isDigits(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}
