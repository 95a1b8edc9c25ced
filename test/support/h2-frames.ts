/** HTTP/2 as bytes, right or wrong: what no client library would send. */

export type Field = readonly [name: string, value: string];

const TYPES = { data: 0, headers: 1, rst: 3, settings: 4, continuation: 9 } as const;

/** The preface and empty settings: what every connection begins with. */
export const H2_PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame('settings', 0, 0, Buffer.alloc(0)),
]);

export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;

/** One frame (RFC 9113, 4.1). */
export function frame(
  type: keyof typeof TYPES,
  flags: number,
  stream: number,
  payload: Buffer,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(TYPES[type], 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A header block of literals without indexing (RFC 7541, 6.2.2), characters as they are. */
export function block(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]),
  );
}

/** A whole request on one stream. */
export function h2Request(
  fields: readonly Field[],
  body: string | null = null,
  stream = 1,
): Buffer {
  const head = frame(
    'headers',
    END_HEADERS | (body === null ? END_STREAM : 0),
    stream,
    block(fields),
  );
  if (body === null) return head;
  return Buffer.concat([head, frame('data', END_STREAM, stream, Buffer.from(body, 'latin1'))]);
}

// Private

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([Buffer.from(length(bytes.length)), bytes]);
}

/** An integer with a prefix of 7 bits (RFC 7541, 5.1). */
function length(value: number): readonly number[] {
  if (value < 127) return [value];
  const bytes = [127];
  let rest = value - 127;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
