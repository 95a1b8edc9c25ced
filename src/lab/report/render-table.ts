import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Cell, Table } from './report.ts';
import { numberText } from './value-text.ts';

/** A table that scrolls within itself where the page is narrow. */
export function renderTable({ columns, rows, note }: Table, caption: string): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<thead><tr>${columns.map((column, index) => html`<th scope="col"${numeric(rows, index)}>${column}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, index) => renderCell(cell, index, numeric(rows, index)))}</tr>\n`)}</tbody>
</table></div>${note === undefined ? null : html`<p class="note">${note}</p>`}`;
}

// Private

/** A path down from the page's own folder, with a fragment: no scheme, no host, no way up. */
const BELOW = /^(?:#[\w-]+|(?![\w-]*:)(?:[\w-][\w.-]*\/)*[\w-][\w.-]*(?:#[\w-]+)?)$/;

/** A value with its unit, or a few words, is not broken in two: the table scrolls. */
const SHORT = /^.{1,26}$/;

/** Numbers, and what stands over and between them, stand to the right. */
function numeric(rows: Table['rows'], index: number): Html | null {
  return rows.some((row) => isFigure(row[index])) ? html` class="number"` : null;
}

function isFigure(cell: Cell | undefined): boolean {
  return typeof cell === 'number' || (typeof cell === 'object' && cell?.isFigure === true);
}

function renderCell(cell: Cell, index: number, right: Html | null): Html {
  if (typeof cell === 'number') return html`<td${right}>${numberText(cell)}</td>`;
  if (cell === null) return html`<td${right}>–</td>`;
  const { text, href, tone }: Exclude<Cell, string | number | null> =
    typeof cell === 'string' ? { text: cell } : cell;
  const shown = href !== undefined && BELOW.test(href) ? html`<a href="${href}">${text}</a>` : text;
  const marked = tone ? html`<span class="${tone}">${shown}</span>` : shown;
  return index === 0
    ? html`<th scope="row">${marked}</th>`
    : html`<td${right ?? (SHORT.test(text) ? html` class="short"` : null)}>${marked}</td>`;
}
