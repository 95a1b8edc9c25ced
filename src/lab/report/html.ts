/** Markup that may stand in a page as it is: only `html` makes it, and only literals of our own sources are not escaped. */
export interface Html {
  readonly markup: string;
}

type Insert = Html | string | number | null | readonly Insert[];

/** A template whose inserted texts are escaped, in elements as in quoted attributes. Null inserts nothing. */
export function html(literals: TemplateStringsArray, ...inserts: readonly Insert[]): Html {
  const parts = literals.map((literal, index) => literal + markupOf(inserts[index] ?? null));
  return { markup: parts.join('') };
}

/** Text of ours that is neither escaped nor checked: the page's style and script. */
export function verbatim(text: string): Html {
  return { markup: text };
}

// Private

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control codes, and what turns the direction of the text around it. */
const UNSHOWN = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

function markupOf(insert: Insert): string {
  if (insert === null) return '';
  if (typeof insert === 'number') return String(insert);
  if (typeof insert === 'string') return escape(insert);
  return 'markup' in insert ? insert.markup : insert.map(markupOf).join('');
}

function escape(text: string): string {
  return text
    .toWellFormed()
    .replace(UNSHOWN, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
