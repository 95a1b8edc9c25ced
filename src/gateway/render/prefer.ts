/**
 * Which requests want to be tasks: `Prefer: respond-async` (RFC 7240), for HAProxy and for `explain route` alike. Each value
 * of the list is judged alone, however many lines there are. What is not well-formed is no preference: the request is
 * answered like all others.
 */

const TOKEN = String.raw`[!#$%&'*+.^_\x60|~0-9A-Za-z-]+`;
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;

/** One value of the list, with parameters or without. There is one way to match it, so a long one takes no longer. */
export const RESPOND_ASYNC = String.raw`^respond-async[ \t]*(?:;[ \t]*(?:${TOKEN}[ \t]*(?:=[ \t]*(?:${TOKEN}|${QUOTED})[ \t]*)?)?)*$`;

/** Whether a header `Prefer` with this value has it. */
export function prefersAsync(header: string): boolean {
  const wanted = new RegExp(RESPOND_ASYNC, 'i');
  return listOf(header).some((value) => wanted.test(value));
}

// Private

/** Cut at the commas outside of quotes, as HAProxy does; a quote that stays open takes all that follows. */
function listOf(header: string): readonly string[] {
  return (header.match(/(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|[^",])+/gs) ?? []).map((value) =>
    value.replaceAll(/^[ \t]+|[ \t]+$/g, ''),
  );
}
