import { Refusal } from './serve.ts';

/** Every service is reached through the gateway, which knows where its replicas are; no address is kept here. */
const gateway = process.env['TIDEGATE_GATEWAY_URL'] ?? 'http://127.0.0.1:8080';

/** Asks another service. What it refuses is passed on; that it does not answer is a 502 of ours. */
export async function ask(path: string, body?: unknown): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(new URL(path, gateway), {
      signal: AbortSignal.timeout(5_000),
      ...(body === undefined
        ? {}
        : {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
    });
  } catch {
    throw new Refusal(502, `${path} does not answer`);
  }
  if (answer.status >= 500) throw new Refusal(502, `${path} answers ${answer.status}`);
  const value: unknown = await answer.json();
  if (!answer.ok) throw new Refusal(answer.status, (value as { error: string }).error);
  return value;
}
