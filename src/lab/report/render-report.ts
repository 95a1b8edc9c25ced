import { createHash } from 'node:crypto';
import { html, verbatim } from './html.ts';
import type { Html } from './html.ts';
import { renderClaims } from './render-claims.ts';
import { renderFronts } from './render-fronts.ts';
import { renderTable } from './render-table.ts';
import { renderTimeline } from './render-timeline.ts';
import type { Fact, Report, Section, Table } from './report.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/**
 * A report as one HTML file that needs nothing else: it asks nobody for anything, which its own policy enforces, and
 * shows everything without a script; the one it has tells the values under the pointer.
 */
export function renderReport({ title, subtitle, facts, sections }: Report): string {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${verbatim(STYLE)}</style>
</head>
<body>
<main>
<header><h1>${title}</h1>
<p>${subtitle}</p></header>
${facts.length === 0 ? null : html`<dl class="facts">${facts.map(renderFact)}</dl>`}
${sections.map(renderSection)}
</main>
<footer>Made by Tidegate. This file is complete: it asks nobody for anything.</footer>
<script>${verbatim(SCRIPT)}</script>
</body>
</html>
`;
  return markup;
}

// Private

const POLICY = [
  "default-src 'none'",
  `style-src '${hashOf(STYLE)}'`,
  `script-src '${hashOf(SCRIPT)}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function renderFact({ label, value, tone }: Fact): Html {
  return html`<div${tone ? html` class="${tone}"` : null}><dt>${label}</dt><dd>${value}</dd></div>\n`;
}

function renderSection(section: Section, index: number): Html {
  const { heading, text = [], claims = [], timeline, fronts, table } = section;
  const id = `s${index + 1}`;
  return html`<section>
<h2 id="${id}">${heading}</h2>
${text.map((paragraph) => html`<p>${paragraph}</p>\n`)}
${claims.length > 0 ? renderClaims(claims) : null}
${timeline ? renderTimeline(timeline, heading, id) : null}
${fronts ? renderFronts(fronts) : null}
${table ? foldedTable(table, heading) : null}
</section>
`;
}

function foldedTable(table: Table, heading: string): Html {
  const shown = renderTable(table, heading);
  return table.summary === undefined
    ? shown
    : html`<details class="data"><summary>${table.summary}</summary>${shown}</details>`;
}
