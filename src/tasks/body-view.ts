import { isUtf8 } from 'node:buffer';

export interface BodyView {
  /** JSON where the body is JSON, text where it is text, else base64; null: there is none. */
  readonly body: unknown;
  readonly encoding: 'json' | 'text' | 'base64' | 'none';
}

/** A body as JSON can hold it; what it is follows from its `content-type`, and from what it really is. */
export function bodyView(
  body: Buffer | null,
  headers: Readonly<Record<string, string>> | null,
): BodyView {
  if (body === null || body.length === 0) return { body: null, encoding: 'none' };
  const encoded = headers?.['content-encoding'] ?? 'identity';
  if (encoded !== 'identity' || body.length > MOST_BYTES || !isUtf8(body)) return base64(body);
  const type = typeOf(headers);
  const text = body.toString('utf8');
  if (JSON_TYPE.test(type)) {
    try {
      return { body: JSON.parse(text) as unknown, encoding: 'json' };
    } catch {
      return { body: text, encoding: 'text' };
    }
  }
  return type === '' || TEXT_TYPE.test(type) ? { body: text, encoding: 'text' } : base64(body);
}

/** Whether a body with these headers says that it is JSON or text, or says nothing. */
export function isTextual(headers: Readonly<Record<string, string>>): boolean {
  const type = typeOf(headers);
  const plain = (headers['content-encoding'] ?? 'identity') === 'identity';
  return plain && (type === '' || JSON_TYPE.test(type) || TEXT_TYPE.test(type));
}

// Private

/** Of longer ones that are all control characters, six letters each, JSON would be too long for a string. */
const MOST_BYTES = 64 * 1024 * 1024;

const JSON_TYPE = /^application\/json$|\+json$/;
const TEXT_TYPE =
  /^text\/|^application\/(xml|javascript|x-www-form-urlencoded|x-ndjson|yaml|graphql)$|\+xml$/;

function base64(body: Buffer): BodyView {
  return { body: body.toString('base64'), encoding: 'base64' };
}

function typeOf(headers: Readonly<Record<string, string>> | null): string {
  return (headers?.['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
