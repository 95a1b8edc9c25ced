/**
 * The forms of text the configuration takes. What can reach HAProxy's configuration holds nothing that means anything
 * there: no quote, backslash, `#`, brace, `$`, no white space, no control character.
 */
import { z } from 'zod';
import { section, text } from './values.ts';

/** A service, queue, database or key set. */
export const name = text(
  /^[a-z][a-z0-9-]{0,39}$/,
  'a word of small letters, digits and "-", beginning with a letter, at most 40 long',
);

const CHARACTER = '[A-Za-z0-9._~@+,=!-]|%[0-9A-Fa-f]{2}';
const SEGMENT = `(?::[A-Za-z_][A-Za-z0-9_]*|(?:${CHARACTER})(?:${CHARACTER}|:)*)`;

/** `/health` (exact), `/api/*` (it and all below), `/users/:id` (one segment). Clients resolve `.` and `..` away: refused. */
export const routePath = text(
  new RegExp(
    String.raw`^(?=.{1,512}$)(?!.*/\.{1,2}(?:/|$))(?:(?:/${SEGMENT})*/\*?|(?:/${SEGMENT})+)$`,
  ),
  "a path such as '/health', '/api/*' or '/users/:id': letters, digits and . _ ~ @ + , = : ! - %41, with * only as the last segment",
);

/** Where a probe or a task is sent: no pattern, a query is allowed. */
export const requestPath = text(
  /^\/(?!\/)[A-Za-z0-9._~@+,=:!%/-]{0,511}(?:\?[A-Za-z0-9._~@+,=:!%/&-]{0,511})?$/,
  "a path such as '/health' or '/ready?full=1': letters, digits and . _ ~ @ + , = : ! - %",
);

/** A path that begins others: no pattern, no query, nothing at its end. */
export const plainPath = text(
  new RegExp(String.raw`^(?=.{1,512}$)(?!.*/\.{1,2}(?:/|$))(?:/(?:${CHARACTER})+)+$`),
  "a path such as '/tasks': letters, digits and . _ ~ @ + , = ! - %41, without / at its end",
);

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const HOST_PATTERN = `(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*`;

/** An exact host name, or `*.` and one. */
export const hostPattern = text(
  new RegExp(`^(?=.{1,253}$)${HOST_PATTERN}$`),
  "a host name such as 'example.org' or '*.example.org', without a port",
);

/** The same, and which port. */
export const hostPatternWithPort = text(
  new RegExp(`^(?=.{1,259}$)${HOST_PATTERN}(?::[1-9][0-9]{0,4})?$`),
  "a host name such as 'example.org' or '*.example.org', with a port where it is not 443: 'example.org:8443'",
);

/** What to listen on. */
export const listenHost = z.union([z.ipv4(), z.ipv6(), z.literal('localhost')], {
  error: "must be an address such as '127.0.0.1', '0.0.0.0' or '::', or 'localhost'",
});

export const method = text(/^[A-Za-z][A-Za-z-]{0,19}$/, "a method such as 'GET'");

const HEADER_NAME = '[A-Za-z0-9][A-Za-z0-9_-]{0,63}';

export const headerName = text(
  new RegExp(`^${HEADER_NAME}$`),
  "a header name such as 'x-tenant': letters, digits, _ and -",
);

export const headerValue = text(
  /^(?! )[A-Za-z0-9 ._~+,:;=@/()*?&-]{1,255}(?<! )$/,
  `a header's exact value, or '*' for any: letters, digits, single spaces and . _ ~ + , : ; = @ / ( ) * ? & -`,
);

/** What a header is given, character by character as it stands: any line of printable ASCII. */
export const headerText = text(
  /^(?! )[\u0020-\u007e]{1,1024}(?<! )$/,
  'the value of a header: printable ASCII, no blanks at its ends',
);

export const hashBy = text(
  new RegExp(`^(?:ip|(?:header|cookie):${HEADER_NAME})$`),
  "'ip', 'header:NAME' or 'cookie:NAME'",
);

export const countBy = text(
  new RegExp(`^(?:ip|header:${HEADER_NAME}|claim:[A-Za-z_][A-Za-z0-9_]{0,63})$`),
  "'ip', 'header:NAME' or 'claim:NAME'",
);

export const identifier = text(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  'a word of letters, digits and _, not beginning with a digit',
);

export const userName = text(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/, 'a user name or number');

export const image = text(
  /^[a-z0-9][A-Za-z0-9._/:@-]{0,254}$/,
  "an image such as 'registry/shop-api:1.4'",
);

export const scope = text(/^[A-Za-z0-9._:/-]{1,128}$/, "a scope such as 'orders:read'");

/** An issuer, an audience, a key URL. */
export const urlText = text(
  /^[A-Za-z0-9._~:/?&=@%+,-]{1,1024}$/,
  'an address or a plain word: letters, digits and . _ ~ : / ? & = @ % + , -',
);

export const origin = text(
  /^(?:\*|https?:\/\/[A-Za-z0-9.-]{1,253}(?::\d{1,5})?)$/,
  "an origin such as 'https://example.org' (no path), or '*'",
);

/** An address, or a network of them. */
export const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: "must be an address or a network, such as '127.0.0.1', '10.0.0.0/8' or 'fd00::/8'",
});

/** A name the system knows, no distance such as `+02:00`: those do not follow summer time. */
export const timeZone = text(
  /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/,
  "a time zone such as 'Europe/Paris' or 'UTC'",
);

/** Text for people and for us, never for HAProxy. */
export const line = text(
  // oxlint-disable-next-line no-control-regex -- control characters are what it refuses
  /^[^\u0000-\u001f\u007f]{1,2048}$/,
  'one line of text',
);

/** Text handed to the operating system, which ends it at the first NUL. */
export const osText = text(/^[^\0]*$/, 'text without NUL characters');

/** A secret is named here and read by the control plane when it starts. */
export const secret = z.union(
  [
    section({
      /** The environment variable of the control plane that holds it. */
      env: identifier,
    }),
    section({
      /** The file that holds it; a line break at its end does not count. */
      file: osText.min(1, { error: 'must be the path of a file' }),
    }),
  ],
  { error: "must be a secret: { env: 'NAME' } or { file: 'PATH' }" },
);

/** An address that may carry a password. */
export const secretUrl = z.union([line, secret], {
  error: "must be an address, or a secret: { env: 'NAME' } or { file: 'PATH' }",
});
