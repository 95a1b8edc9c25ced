import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Claim } from './report.ts';

/** What was said beforehand beside what was measured. */
export function renderClaims(claims: readonly Claim[]): Html {
  return html`<ul class="claims">${claims.map(
    ({ text, expected, measured, met }) => html`<li class="${met ? 'met' : 'unmet'}">
<p><strong class="${met ? 'good' : 'bad'}">${met ? '✓ met' : '✗ not met'}</strong> ${text}</p>
<dl><div><dt>Expected</dt><dd>${expected}</dd></div><div><dt>Measured</dt><dd>${measured}</dd></div></dl>
</li>\n`,
  )}</ul>`;
}
