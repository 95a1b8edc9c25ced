/** Somebody with a browser: what is set as a cookie is sent with the next request. */
export interface Visitor {
  /** Also what is no success is an answer. @throws what fetch throws where none came */
  ask(path: string, method?: 'GET' | 'POST'): Promise<VisitorAnswer>;
}

export interface VisitorAnswer {
  readonly status: number;
  /** As JSON; null: it is none. */
  readonly body: unknown;
}

export function createVisitor(gatewayUrl: string, signal: AbortSignal): Visitor {
  const cookies = new Map<string, string>();
  return {
    async ask(path, method = 'GET') {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(`${gatewayUrl}${path}`, { method, signal, headers: { cookie } });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        cookies.set(name, value);
      }
      return { status: answer.status, body: parse(await answer.text()) };
    },
  };
}

// Private

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
