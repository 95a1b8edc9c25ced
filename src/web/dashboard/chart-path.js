/** Runs of points whose value is known. */
export function segments(points, of) {
  const found = [];
  let open = null;
  for (const point of points) {
    if (of(point) === null) {
      open = null;
      continue;
    }
    if (open === null) found.push((open = []));
    open.push(point);
  }
  return found;
}

/** Straight from point to point. */
export function linePath(points) {
  return points
    .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`)
    .join('');
}

/** Level until the next point, then straight up or down. */
export function stepPath(points) {
  return points
    .map(([x, y], index) => (index === 0 ? `M${short(x)} ${short(y)}` : `H${short(x)}V${short(y)}`))
    .join('');
}

/** A tenth of a unit is finer than a pixel. */
export function short(value) {
  return Number(value.toFixed(1));
}
