import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Marker, Timeline } from './report.ts';
import { percent } from './render-panel.ts';
import { momentText } from './value-text.ts';

/** The numbers over the panels, each a link to its reasons. */
export function renderMarkerStrip({ markers, durationS }: Timeline, id: string): Html | null {
  if (markers.length === 0) return null;
  const rows = rowsOf(markers, durationS);
  const height = (Math.max(0, ...rows) + 1) * ROW_HEIGHT;
  return html`<div class="plot strip"><svg role="group" aria-label="Decisions and incidents" height="${height}">${markers.map(
    ({ atS, kind, title }, index) => {
      const x = `${percent(atS / durationS)}%`;
      const row = rows[index] ?? -1;
      const y = height - (row + 1) * ROW_HEIGHT;
      return html`<a class="${kind}" href="#${id}-${index + 1}"><title>${momentText(atS, durationS)}: ${title}</title><line class="tick ${kind}" x1="${x}" x2="${x}" y1="${row < 0 ? height - 4 : y + 10}" y2="${height}"/><line class="touch" x1="${x}" x2="${x}" y1="${row < 0 ? height - 4 : y}" y2="${height}"/>${row < 0 ? null : html`<text x="${x}" y="${y + 12}">${index + 1}</text>`}</a>\n`;
    },
  )}</svg></div>\n`;
}

/** Everything that was decided and happened, oldest first; each opens its reasons. */
export function renderMarkerList({ markers, durationS }: Timeline, id: string): Html | null {
  if (markers.length === 0) return null;
  return html`<h3>What was decided and what happened</h3>
<ol class="markers">${markers.map(({ atS, kind, title, lines }, index) => {
    const anchor = `${id}-${index + 1}`;
    const head = html`<span class="no ${kind}">${index + 1}</span> <span class="at">${momentText(atS, durationS)}</span> <span class="what">${KIND_WORDS[kind]}: ${title}</span>`;
    // The fragment leads into what is closed, which browsers open to show it: no script is needed.
    return lines.length === 0
      ? html`<li id="${anchor}"><p>${head}</p></li>\n`
      : html`<li><details><summary>${head}</summary><ul id="${anchor}">${lines.map((line) => html`<li>${line}</li>`)}</ul></details></li>\n`;
  })}</ol>`;
}

// Private

const ROW_HEIGHT = 14;
const MOST_ROWS = 5;

/** What a number takes of the width of a phone. */
const NUMBER_WIDTH = 0.055;

const KIND_WORDS = { up: 'up', down: 'down', hold: 'held', incident: 'incident' } as const;

/** In which row each number has room, the lowest first; -1: in none, only its tick is drawn. */
function rowsOf(markers: readonly Marker[], durationS: number): readonly number[] {
  const ends: number[] = Array.from({ length: MOST_ROWS }, () => -1);
  return markers.map(({ atS }) => {
    const at = atS / durationS;
    const row = ends.findIndex((end) => at - end >= NUMBER_WIDTH);
    if (row >= 0) ends[row] = at;
    return row;
  });
}
