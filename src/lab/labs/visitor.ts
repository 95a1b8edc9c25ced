/** Somebody with a browser: what is set as a cookie is sent with the next request. */
export interface Visitor {
  /** Also what is no success is an answer. @throws what fetch throws where none came */
  ask<T>(path: string, method?: 'GET' | 'POST'): Promise<VisitorAnswer<T>>;
}

export interface VisitorAnswer<T> {
  readonly status: number;
  /** Null: it is not JSON. */
  readonly body: T | null;
}

export function createVisitor(gatewayUrl: string, signal: AbortSignal): Visitor {
  const cookies = new Map<string, string>();
  return {
    async ask<T>(path: string, method: 'GET' | 'POST' = 'GET') {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(`${gatewayUrl}${path}`, { method, signal, headers: { cookie } });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        cookies.set(name, value);
      }
      return { status: answer.status, body: parse<T>(await answer.text()) };
    },
  };
}

// Private

function parse<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}
