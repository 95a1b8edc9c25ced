/** The metrics that an expression of ours names, each with the labels it asks for. */
export function metricsIn(expr: string): readonly { name: string; labels: readonly string[] }[] {
  return [
    ...expr.matchAll(/\b(tidegate_[a-z_]+)(?:\{((?:[a-z]+=~?"(?:[^"\\]|\\.)*",?)*)\})?/g),
  ].map(([, name = '', matchers = '']) => ({
    name,
    labels: [...matchers.matchAll(/([a-z]+)=~?"/g)].map(([, label = '']) => label),
  }));
}

/** Every series of a page in the text format: name → its labels. */
export function seriesOf(page: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of page.matchAll(
    /^(tidegate_[a-z_]+)(?:\{(.*)\})? \S+$/gm,
  )) {
    const known = found.get(name) ?? new Set<string>();
    for (const [, label = ''] of labels.matchAll(/([a-z]+)="/g)) known.add(label);
    found.set(name, known);
  }
  return found;
}

/** Every expression and query of a dashboard, wherever in it they stand. */
export function expressionsOf(dashboard: unknown): readonly string[] {
  if (Array.isArray(dashboard)) return dashboard.flatMap(expressionsOf);
  if (typeof dashboard !== 'object' || dashboard === null) return [];
  return Object.entries(dashboard).flatMap(([key, value]: [string, unknown]) =>
    key === 'expr' && typeof value === 'string' ? [value] : expressionsOf(value),
  );
}
