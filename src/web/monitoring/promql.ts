/** A selector with its matchers: `tidegate_cpu_ratio{project="shop",service="api"}`; values are escaped. */
export function select(
  name: string,
  labels: Readonly<Record<string, string>>,
  regex: Readonly<Record<string, string>> = {},
): string {
  const matchers = [
    ...Object.entries(labels).map(([label, value]) => `${label}=${quoted(value)}`),
    ...Object.entries(regex).map(([label, value]) => `${label}=~${quoted(value)}`),
  ];
  return `${name}{${matchers.join(',')}}`;
}

/** The sum of what a counter rose by each second of the last minute, by these labels. */
export function perSecond(selector: string, ...by: readonly string[]): string {
  return `sum${by.length === 0 ? '' : ` by (${by.join(', ')})`} (rate(${selector}[${WINDOW}]))`;
}

/** A percentile of a histogram over the last minute, of all its series or by these labels. */
export function percentile(fraction: number, selector: string, ...by: readonly string[]): string {
  return `histogram_quantile(${fraction}, ${perSecond(selector, 'le', ...by)})`;
}

/** Text in an annotation, where `{{` would begin a template. */
export function plainText(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}

// Private

/** Twelve scrapes: some may be missed. */
const WINDOW = '1m';

/** PromQL reads the escapes of Go, among which those of JSON are. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
