import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Front, Fronts } from './report.ts';
import { numberText, valueText } from './value-text.ts';

/** A small picture for each front, all others grey behind it, on the same two logarithmic axes. */
export function renderFronts({ fronts, limits }: Fronts): Html {
  return html`<div class="fronts">${fronts.map(
    (own) => html`<figure class="front"><figcaption>${own.name}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${describe(own)}">
${X_TICKS.map((share) => html`<line class="grid" x1="${x(share)}" x2="${x(share)}" y1="${TOP}" y2="${BOTTOM}"/><text x="${x(share)}" y="${BOTTOM + 14}" text-anchor="${share === MOST_SHARE ? 'end' : share === LEAST_SHARE ? 'start' : 'middle'}">${valueText(share * 100, '%')}</text>`)}
${Y_TICKS.map((cost) => html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(cost)}" y2="${y(cost)}"/><text class="value" x="${LEFT - 5}" y="${y(cost) + 4}">${cost}×</text>`)}
${limits.map((share) => html`<line class="limit" x1="${x(share)}" x2="${x(share)}" y1="${TOP}" y2="${BOTTOM}"/>`)}
${fronts.map((other) => (other === own ? null : html`<path class="others" d="${pathOf(other)}"/>`))}
<path class="own" d="${pathOf(own)}"/>
${own.points.map(({ share, cost, name }) => html`<circle class="${name === null ? 'own default' : 'own'}" cx="${x(share)}" cy="${y(cost)}" r="${name === null ? 4.5 : 3}"><title>${pointText(own.name, { share, cost, name })}</title></circle>`)}
</svg></figure>\n`,
  )}</div>`;
}

// Private

const [WIDTH, HEIGHT] = [300, 200];
const [LEFT, RIGHT, TOP, BOTTOM] = [36, 290, 8, 178];

/** What lies beyond stands at the edge. */
const [LEAST_SHARE, MOST_SHARE] = [0.0001, 1];
const [LEAST_COST, MOST_COST] = [0.25, 8];

const X_TICKS = [0.0001, 0.001, 0.01, 0.1, 1];
const Y_TICKS = [0.25, 0.5, 1, 2, 4, 8];

function x(share: number): number {
  return place(share, LEAST_SHARE, MOST_SHARE, LEFT, RIGHT);
}

function y(cost: number): number {
  return place(cost, LEAST_COST, MOST_COST, BOTTOM, TOP);
}

function place(value: number, least: number, most: number, from: number, to: number): number {
  const within = Math.min(most, Math.max(least, value));
  const fraction = Math.log(within / least) / Math.log(most / least);
  return Number((from + fraction * (to - from)).toFixed(1));
}

/** From setting to setting; the one it comes with stands by itself. */
function pathOf({ points }: Front): string {
  return points
    .filter(({ name }) => name !== null)
    .map(({ share, cost }, index) => `${index === 0 ? 'M' : 'L'}${x(share)} ${y(cost)}`)
    .join('');
}

function pointText(front: string, { share, cost, name }: Front['points'][number]): string {
  const at = name === null ? 'as it comes' : `at ${name}`;
  return `${front} ${at}: ${valueText(share * 100, '%')} violations, cost ${numberText(cost)}`;
}

function describe(front: Front): string {
  return front.points.map((point) => pointText(front.name, point)).join('; ');
}
