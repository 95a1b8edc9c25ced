import { EXIT, TidegateError } from '../../kit/errors.ts';

export function badUrl(text: string): TidegateError {
  return new TidegateError('BAD_URL', `'${text}' is not an http:// address`, {
    hint: 'Give an address such as http://127.0.0.1:8080/api/users.',
    exitCode: EXIT.usage,
  });
}

export function remoteTarget(host: string): TidegateError {
  return new TidegateError('REMOTE_TARGET', `${host} is not a loopback address, no load was sent`, {
    hint: 'Load can take a foreign server down: --allow-remote where you may, or 127.0.0.1 for this machine.',
    exitCode: EXIT.usage,
  });
}

export function badLoad(problem: string): TidegateError {
  return new TidegateError('BAD_LOAD', `this load cannot be sent: ${problem}`, {
    hint: 'Stages begin at 0 s, go forward in time and have rates or users of 0 or more.',
    exitCode: EXIT.usage,
  });
}

/** `file`: which of several it is. */
export function badTrace(
  line: number | null,
  problem: string,
  file: string | null = null,
): TidegateError {
  const trace = file === null ? 'the trace' : `the trace ${file}`;
  return new TidegateError('BAD_TRACE', `${trace} cannot be played: ${placeOf(line)} ${problem}`, {
    hint: "The first line is 't_seconds,requests_per_second', each other one a time and a rate, in order.",
    exitCode: EXIT.usage,
  });
}

/** `file`: which of several it is. */
export function packedTrace(file: string | null): TidegateError {
  const trace = file === null ? 'the trace' : `the trace ${file}`;
  return new TidegateError('BAD_TRACE', `${trace} cannot be played: it is packed (gzip)`, {
    hint: 'Unpack it with `gunzip -k`, or have bash do so while it is read: --trace <(zcat FILE)',
    exitCode: EXIT.usage,
  });
}

export function badUrls(line: number | null, problem: string): TidegateError {
  return new TidegateError(
    'BAD_URLS',
    `the file of URLs cannot be used: ${placeOf(line)} ${problem}`,
    {
      hint: 'A line is [WEIGHT] [METHOD] URL-or-path [BODY], as in: 3 GET /api/users',
      exitCode: EXIT.usage,
    },
  );
}

export function badRequest(what: string): TidegateError {
  return new TidegateError('BAD_REQUEST', `${what} cannot be sent`, {
    hint: 'Names of methods and headers are letters, digits and hyphens; where a request ends is not yours to say.',
    exitCode: EXIT.usage,
  });
}

// Private

function placeOf(line: number | null): string {
  return line === null ? 'it' : `line ${line}`;
}
