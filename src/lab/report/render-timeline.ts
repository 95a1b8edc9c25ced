import { timeTicks } from './axis.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { renderMarkerList, renderMarkerStrip } from './render-markers.ts';
import { percent, renderPanel } from './render-panel.ts';
import { renderTable } from './render-table.ts';
import type { Timeline } from './report.ts';
import { timelineRows } from './timeline-rows.ts';
import { momentText } from './value-text.ts';

/** Pictures on one axis, what was decided on it, and the same as a table. `id` is the page's only one. */
export function renderTimeline(timeline: Timeline, heading: string, id: string): Html {
  const { durationS, panels, startedAt } = timeline;
  if (!(durationS > 0)) return html`<p class="note">Nothing was recorded.</p>`;
  const { stepS, rows } = timelineRows(timeline);
  const series = panels.flatMap(({ unit, series: all }) => all.map(({ name }) => ({ name, unit })));
  const begins =
    startedAt === null
      ? ''
      : `0 s is ${new Date(startedAt).toISOString().replace('T', ' ').replace(/\..*/, ' UTC')}. `;
  return html`<figure class="timeline" data-duration="${durationS}" data-step="${stepS}">
${renderMarkerStrip(timeline, id)}
${panels.map((panel, index) => renderPanel(panel, timeline, `${id}-p${index + 1}`))}
<div class="plot axis" aria-hidden="true"><svg height="20">${timeTicks(durationS).map((atS) => {
    const at = percent(atS / durationS);
    const anchor = at < 3 ? 'start' : at > 97 ? 'end' : 'middle';
    return html`<text x="${at}%" y="14" text-anchor="${anchor}">${momentText(atS, durationS)}</text>`;
  })}</svg></div>
<figcaption>${begins}<output class="readout"></output></figcaption>
</figure>
${renderMarkerList(timeline, id)}
<details class="data"><summary>The same as a table</summary>
${renderTable(
  {
    columns: ['from', ...series.map(({ name, unit }) => (unit ? `${name}, ${unit}` : name))],
    rows: rows.map(({ atS, values }) => [momentText(atS, durationS), ...values]),
    note: `Each row is ${momentText(stepS, durationS)} long and has the largest value within it.`,
  },
  `${heading}, as a table`,
)}</details>`;
}
