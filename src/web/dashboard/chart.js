import { linePath, segments, short, stepPath } from './chart-path.js';
import { element, setText, vector } from './elements.js';
import { reachText } from './format.js';

const WIDTH = 600;
const HEIGHT = 100;

/** How far back the chart looks. */
export const SPAN_MS = 5 * 60_000;

/**
 * Two numbers over the last minutes, an area and a line, each on its own scale. Each is `{ of, legend, now, steps? }`:
 * its value in a point (null: a gap), what its highest value is called, and its newest. `update` takes points with `at`,
 * oldest first.
 */
export function createChart(name, area, line) {
  const fill = vector('path', { class: 'area-fill' });
  const edge = vector('path', { class: 'area' });
  const over = vector('path', { class: 'line' });
  const svg = vector(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' },
    fill,
    edge,
    over,
  );
  const areaKey = element('span');
  const lineKey = element('span', { class: 'key-line' });
  const reach = element('time');
  const node = element(
    'div',
    { class: 'chart' },
    svg,
    element('p', { class: 'legend' }, areaKey, lineKey, reach),
  );
  return {
    node,
    update(points, now) {
      const areas = placed(points, area, now);
      edge.setAttribute('d', areas.lines.map(areas.path).join(''));
      fill.setAttribute('d', areas.lines.map((each) => closed(each, areas.path)).join(''));
      setText(areaKey, area.legend(areas.top));
      const lines = placed(points, line, now);
      over.setAttribute('d', lines.lines.map(lines.path).join(''));
      setText(lineKey, line.legend(lines.top));
      const last = points.at(-1);
      setText(reach, reachText(points[0]?.at ?? now, now, SPAN_MS));
      if (!last) return;
      const newest = `${area.now(area.of(last))} and ${line.now(line.of(last))}`;
      svg.setAttribute('aria-label', `${name}, ${reach.textContent}: now ${newest}`);
    },
  };
}

// Private

/** The runs of one number as points of the drawing, and how they are connected. */
function placed(points, { of, steps }, now) {
  const top = Math.max(1, ...points.map((point) => of(point) ?? 0));
  const x = (at) => ((at - (now - SPAN_MS)) / SPAN_MS) * WIDTH;
  const lines = segments(points, of).map((run) =>
    run.map((point) => [x(point.at), y(of(point), top)]),
  );
  return { top, lines, path: steps ? stepPath : linePath };
}

function closed(points, path) {
  const first = points[0];
  const last = points.at(-1);
  return `${path(points)}L${short(last[0])} ${HEIGHT}L${short(first[0])} ${HEIGHT}Z`;
}

/** A little air above, so that the line is not cut. */
function y(value, top) {
  return HEIGHT - (value / top) * (HEIGHT - 6) - 2;
}
