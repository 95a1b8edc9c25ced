/** What a program in HAProxy asks of the control plane: to wake a service, to look for a key of a `gateway.jwt`. */
export interface Demand {
  readonly kind: 'service' | 'key';
  readonly name: string;
}

/** What such a program writes into the log: `{"demand":"api"}`, `{"key":"main"}`; null when a line is something else. */
export function parseDemandLine(text: string): Demand | null {
  const [, what, name] = /^\{"(demand|key)":"([A-Za-z0-9_-]{1,63})"\}\s*$/.exec(text) ?? [];
  if (name === undefined) return null;
  return { kind: what === 'key' ? 'key' : 'service', name };
}
