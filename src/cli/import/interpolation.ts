/** What Compose would make of a text in which `$NAME` and `${NAME}` stand for variables. */
export type Interpolated =
  | { readonly kind: 'plain'; readonly text: string }
  /** The whole text is one variable; `instead` is what it is when the variable is not set. */
  | { readonly kind: 'variable'; readonly name: string; readonly instead: string | null }
  /** Anything else with a variable in it; the text has `$$` undone and keeps the rest for a shell. */
  | { readonly kind: 'mixed'; readonly text: string };

export function interpolated(written: string): Interpolated {
  const [, name, operator, rest = ''] = WHOLE.exec(written) ?? [];
  const bare = /^\$([A-Za-z_]\w*)$/.exec(written)?.[1];
  if (bare !== undefined) return { kind: 'variable', name: bare, instead: null };
  if (name !== undefined && (operator === undefined || operator.endsWith('?'))) {
    return { kind: 'variable', name, instead: null };
  }
  if (name !== undefined && operator?.endsWith('-') && !rest.includes('$')) {
    return { kind: 'variable', name, instead: rest };
  }
  const text = written.replaceAll('$$', '$');
  const kind = /\$[A-Za-z_{]/.test(written.replaceAll('$$', '')) ? 'mixed' : 'plain';
  return { kind, text };
}

// Private

/** `${NAME}`, `${NAME:-instead}`, `${NAME?message}` and nothing else. */
const WHOLE = /^\$\{([A-Za-z_]\w*)(?:(:?[-?+])([^{}]*))?\}$/;
