import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { TidegateError } from '../kit/errors.ts';
import { usage } from './errors.ts';

export interface TaskBody {
  readonly bodyBase64: string;
  readonly contentType: string;
}

/** What a task carries: the text given, the file, standard input for `-`, or nothing. @throws TidegateError TWO_BODIES, FILE_NOT_READABLE */
export async function readBody(
  text: string | undefined,
  file: string | undefined,
  stdin: AsyncIterable<Uint8Array>,
): Promise<TaskBody> {
  if (text !== undefined && file !== undefined) {
    throw usage('TWO_BODIES', 'A task has one body.', 'Leave out BODY or --file.');
  }
  const bytes = await bytesOf(text, file, stdin);
  return { bodyBase64: bytes.toString('base64'), contentType: contentTypeOf(bytes) };
}

// Private

async function bytesOf(
  text: string | undefined,
  file: string | undefined,
  stdin: AsyncIterable<Uint8Array>,
): Promise<Buffer> {
  if (text === '-') return await buffer(stdin);
  if (file === undefined) return Buffer.from(text ?? '');
  try {
    return await readFile(file);
  } catch (cause) {
    throw new TidegateError('FILE_NOT_READABLE', `${file} cannot be read.`, { cause });
  }
}

function contentTypeOf(bytes: Buffer): string {
  if (bytes.length === 0 || !isUtf8(bytes)) return 'application/octet-stream';
  return isJson(bytes.toString()) ? 'application/json' : 'text/plain; charset=utf-8';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
