import { linePath, segments, short, stepPath } from './chart-path.js';
import { rate } from './format.js';
import { element, setText, vector } from './elements.js';

const WIDTH = 600;
const HEIGHT = 100;

/** How far back the chart looks. */
export const SPAN_MS = 5 * 60_000;

/**
 * The load as an area and the ready replicas as steps, each on its own scale. `update` takes points
 * `{ at, rps, ready }`, oldest first; an unknown rate is a gap.
 */
export function createChart(name) {
  const area = vector('path', { class: 'load-area' });
  const load = vector('path', { class: 'load' });
  const replicas = vector('path', { class: 'replicas' });
  const svg = vector(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' },
    area,
    load,
    replicas,
  );
  const loadKey = element('span');
  const replicasKey = element('span', { class: 'key-replicas' });
  const node = element(
    'div',
    { class: 'chart' },
    svg,
    element('p', { class: 'legend' }, loadKey, replicasKey, element('time', {}, 'last 5 min')),
  );
  return {
    node,
    update(points, now) {
      const topRate = Math.max(1, ...points.map(({ rps }) => rps ?? 0));
      const topReplicas = Math.max(1, ...points.map(({ ready }) => ready));
      const x = (at) => ((at - (now - SPAN_MS)) / SPAN_MS) * WIDTH;
      const lines = segments(points).map((segment) =>
        segment.map(({ at, rps }) => [x(at), y(rps, topRate)]),
      );
      load.setAttribute('d', lines.map(linePath).join(''));
      area.setAttribute('d', lines.map(areaPath).join(''));
      const steps = points.map(({ at, ready }) => [x(at), y(ready, topReplicas)]);
      replicas.setAttribute('d', stepPath(steps));
      setText(loadKey, `load, up to ${rate(topRate)}`);
      setText(replicasKey, `ready replicas, up to ${topReplicas}`);
      const last = points.at(-1);
      if (last)
        svg.setAttribute(
          'aria-label',
          `${name} over the last five minutes: now ${rate(last.rps)} and ${last.ready} ready`,
        );
    },
  };
}

// Private

function areaPath(points) {
  const first = points[0];
  const last = points.at(-1);
  return `${linePath(points)}L${short(last[0])} ${HEIGHT}L${short(first[0])} ${HEIGHT}Z`;
}

/** A little air above, so that the line is not cut. */
function y(value, top) {
  return HEIGHT - (value / top) * (HEIGHT - 6) - 2;
}
