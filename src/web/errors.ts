import { EXIT, TidegateError } from '../kit/errors.ts';

export function portTaken(host: string, port: number, cause: unknown): TidegateError {
  return new TidegateError('PORT_TAKEN', `The admin port ${host}:${port} is in use`, {
    hint: 'Stop what listens there, or set another `admin.port` in the configuration.',
    cause,
    facts: { taken: [{ key: 'admin.port', host, port, holder: null }] },
  });
}

export function listenFailed(host: string, port: number, cause: unknown): TidegateError {
  return new TidegateError('LISTEN_FAILED', `Could not listen on ${host}:${port}`, {
    hint: 'Set `admin.host` and `admin.port` to an address of this machine.',
    cause,
    facts: { key: 'admin.host', host, port },
  });
}

export function hostRefused(): TidegateError {
  return new TidegateError('HOST_REFUSED', 'The request names a host that is not this one.', {
    hint: 'Use http://127.0.0.1 or http://localhost with the admin port.',
  });
}

export function originRefused(): TidegateError {
  return new TidegateError('ORIGIN_REFUSED', 'The request comes from a page of another origin.');
}

export function notSignedIn(): TidegateError {
  return new TidegateError('UNAUTHORIZED', 'This needs the token of the project.', {
    hint: 'Send `Authorization: Bearer <.tidegate/token>`, or run `tidegate dashboard`.',
  });
}

export function readsOnly(): TidegateError {
  return new TidegateError('READS_ONLY', 'A session of the page cannot do this.', {
    hint: 'Use the command line, or send the token as `Authorization: Bearer`.',
  });
}

export function keyRefused(): TidegateError {
  return new TidegateError('KEY_REFUSED', 'This page can only look: its key does not fit.', {
    hint: 'Open a fresh link of `tidegate dashboard` in this window, or use the command line.',
  });
}

export function codeRefused(): TidegateError {
  return new TidegateError('CODE_REFUSED', 'This link was used already or is too old.', {
    hint: 'Run `tidegate dashboard` for a new one.',
  });
}

export function pageNotBuilt(): TidegateError {
  return new TidegateError('PAGE_NOT_BUILT', 'The page has not been built; the API works.', {
    hint: 'Run `npm run build:dashboard` in the folder of Tidegate and load it again.',
  });
}

export function badRequest(errors: readonly { path: string; message: string }[]): TidegateError {
  const sentence = errors.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
  return new TidegateError('BAD_REQUEST', `The request is not valid: ${sentence}.`, {
    exitCode: EXIT.usage,
    facts: { errors },
  });
}

export function unknownDeployment(id: number): TidegateError {
  return new TidegateError('UNKNOWN_DEPLOYMENT', `There is no deployment ${id}.`, {
    hint: 'The last one stands in `tidegate status --json` while it is under way.',
  });
}

export function tooManyStreams(limit: number): TidegateError {
  return new TidegateError('TOO_MANY_STREAMS', `There are ${limit} open streams already.`, {
    hint: 'Close a dashboard page or a `tidegate logs -f`.',
  });
}

export function controlNotRunning(cause?: unknown): TidegateError {
  return new TidegateError('CONTROL_NOT_RUNNING', 'The control plane is not running', {
    hint: 'See `tidegate status` for what runs on without it; `tidegate up` takes over.',
    cause,
  });
}

export function answerBroken(what: string, cause?: unknown): TidegateError {
  return new TidegateError('ANSWER_BROKEN', `The control plane's answer to ${what} broke off`, {
    cause,
  });
}

export function stateNotReadable(folder: string, cause: unknown): TidegateError {
  return new TidegateError('STATE_NOT_READABLE', `Could not read the state in ${folder}`, {
    hint: 'Run the command as the user who started Tidegate.',
    cause,
  });
}
