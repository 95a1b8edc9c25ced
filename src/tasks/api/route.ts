/** What is asked for under the path of the tasks. */
export type Route =
  | { readonly kind: 'send' | 'lease'; readonly queue: string }
  | { readonly kind: 'show' | 'result' | 'extend' | 'complete' | 'fail'; readonly id: string }
  /** It is there, with these methods. */
  | { readonly kind: 'method'; readonly allow: string }
  /** Nobody cancels here. */
  | { readonly kind: 'cancel'; readonly allow: string }
  | { readonly kind: 'nothing' };

/** `base` is where the tasks are: `/tasks`. A query is not looked at. */
export function routeOf(method: string, url: string, base: string): Route {
  const path = url.split('?', 1)[0] ?? '';
  const prefix = prefixOf(base);
  if (!path.startsWith(prefix)) return NOTHING;
  const [first = '', last, ...others] = path.slice(prefix.length).split('/');
  if (first === '' || others.length > 0) return NOTHING;
  if (last === undefined) {
    if (method === 'POST') return { kind: 'send', queue: first };
    if (method === 'DELETE') return { kind: 'cancel', allow: 'GET, POST' };
    return isRead(method) ? { kind: 'show', id: first } : { kind: 'method', allow: 'GET, POST' };
  }
  if (last === 'result') {
    return isRead(method) ? { kind: 'result', id: first } : { kind: 'method', allow: 'GET' };
  }
  if (last === 'cancel') return { kind: 'cancel', allow: '' };
  if (last === 'lease') return posted(method, { kind: 'lease', queue: first });
  if (last === 'extend' || last === 'complete' || last === 'fail') {
    return posted(method, { kind: last, id: first });
  }
  return NOTHING;
}

/** `/tasks` → `/tasks/` */
export function prefixOf(base: string): string {
  return base.endsWith('/') ? base : `${base}/`;
}

// Private

const NOTHING = { kind: 'nothing' } as const;

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function posted(method: string, route: Route): Route {
  return method === 'POST' ? route : { kind: 'method', allow: 'POST' };
}
