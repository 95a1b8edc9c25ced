import { timeTicks, valueTicks } from './axis.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { PLOT, pathsOf } from './paths.ts';
import type { Panel, Series, Timeline } from './report.ts';
import { valueText } from './value-text.ts';

/** One panel of a timeline: its legend and its picture, on the axis that all panels share. */
export function renderPanel(panel: Panel, timeline: Timeline, id: string): Html {
  const { title, unit, series, isLow = false } = panel;
  const height = isLow ? LOW : PLOT.height;
  const values = series.flatMap(knownValues);
  const most = panel.top ?? Math.max(0, ...maxima(series));
  const all = valueTicks(most, values.every(Number.isInteger));
  const top = all.at(-1) as number;
  const ticks = isLow ? [0, top] : all;
  const classes = classesOf(series);
  return html`<div class="${isLow ? 'panel low' : 'panel'}">
<h3 id="${id}">${title}${TICK_UNITS.includes(unit) ? null : html` <small>${unit}</small>`}</h3>
<ul class="legend">${series.map(
    (each, index) =>
      html`<li><svg class="key" viewBox="0 0 32 8" aria-hidden="true"><path class="${classes[index] ?? ''}" d="M1 4h30"/></svg>${each.name} <b data-unit="${unit}">${peakText(each, unit)}</b></li>`,
  )}</ul>
<div class="plot"><svg role="img" aria-labelledby="${id}-t ${id}-d" height="${height + 8}">
<title id="${id}-t">${title}</title><desc id="${id}-d">${series.map((each) => describe(each, unit))}</desc>
${ticks.map((tick) => {
  const y = 4 + height * (1 - tick / top);
  return html`<line class="grid" x1="0" x2="100%" y1="${y}" y2="${y}"/><text class="value" x="-8" y="${y + 4}">${valueText(tick, tick > 0 && TICK_UNITS.includes(unit) ? unit : '')}</text>`;
})}
${timeTicks(timeline.durationS).map((atS) => {
  const x = `${percent(atS / timeline.durationS)}%`;
  return html`<line class="grid" x1="${x}" x2="${x}" y1="4" y2="${height + 4}"/>`;
})}
<svg y="4" width="100%" height="${height}" viewBox="0 0 ${PLOT.width} ${PLOT.height}" preserveAspectRatio="none" overflow="visible">${series.map(
    (each, index) => {
      const { line, under } = pathsOf(each, timeline.durationS, top);
      const fill = each.shape === 'area' || (each.shape === 'step' && each.tone === 'ready');
      return html`${fill ? html`<path class="under ${each.tone}" d="${under}"/>` : null}<path class="${classes[index] ?? ''}" d="${line}"/>`;
    },
  )}</svg>
${timeline.markers.map(({ atS, kind }) => {
  const x = `${percent(atS / timeline.durationS)}%`;
  return html`<line class="tick ${kind}" x1="${x}" x2="${x}" y1="0" y2="${height + 8}"/>`;
})}
<line class="cross" x1="0" x2="0" y1="0" y2="${height + 8}"/>
</svg></div></div>\n`;
}

/** A place on the axis, in hundredths of its length. */
export function percent(fraction: number): number {
  return Number((Math.min(1, Math.max(0, fraction)) * 100).toFixed(2));
}

// Private

/** The height of a strip, in pixels. */
const LOW = 30;

/** Short enough to stand at every value of the axis; others stand behind the title. */
const TICK_UNITS = ['', 'ms', '%', 's', 'MB'];

/** Dotted, heavy, dashed: told apart in any colour, also in none. */
const PLACES = ['first', 'second', 'third'] as const;

/** Series of one tone in one panel differ by how they are drawn. */
function classesOf(series: readonly Series[]): readonly string[] {
  return series.map(({ tone }, index) => {
    if (series.filter((each) => each.tone === tone).length === 1) return `series ${tone}`;
    const place = series.slice(0, index).filter((each) => each.tone === tone).length;
    return `series ${tone} ${PLACES[Math.min(place, PLACES.length - 1)] ?? ''}-of-more`;
  });
}

function knownValues({ points }: Series): readonly number[] {
  return points.flatMap(([, value]) => (value !== null && Number.isFinite(value) ? [value] : []));
}

/** One for each series: more arguments than that would be too many for one call. */
function maxima(series: readonly Series[]): readonly number[] {
  return series.map((each) => knownValues(each).reduce((most, value) => Math.max(most, value), 0));
}

function peakText(series: Series, unit: string): string {
  const values = knownValues(series);
  if (values.length === 0) return 'no data';
  return `max ${valueText(
    values.reduce((a, b) => Math.max(a, b)),
    unit,
  )}`;
}

function describe(series: Series, unit: string): string {
  const values = knownValues(series);
  const first = values[0];
  if (first === undefined) return `${series.name}: no data. `;
  const [least, most] = [Math.min, Math.max].map((pick) => values.reduce((a, b) => pick(a, b)));
  const text = (value: number | undefined): string => valueText(value ?? null, unit);
  return `${series.name}: ${text(first)} at first, ${text(values.at(-1))} at last, between ${text(least)} and ${text(most)}. `;
}
