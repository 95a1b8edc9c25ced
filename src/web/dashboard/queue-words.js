import { duration, milliseconds, size } from './format.js';

/** What to call the state a queue is in, and how worrying it is. */
export function queueState({ problem, waiting, running, later }) {
  if (problem !== null) return ['behind', 'bad'];
  if (waiting > 0 && running === 0) return ['nobody at work', 'warn'];
  if (waiting > 0 || running > 0) return ['at work', 'good'];
  return later > 0 ? ['later', 'held'] : ['empty', 'held'];
}

/** `delivered to worker · to be drained in 30 s`, `fetched by words` */
export function servedBy({ service, delivery, drainTargetMs }) {
  const how = delivery === 'push' ? 'delivered to' : 'fetched by';
  const target = drainTargetMs === null ? '' : ` · to be drained in ${duration(drainTargetMs)}`;
  return `${how} ${service ?? 'workers'}${target}`;
}

/** Of all time, in one line; what never happened is left out. */
export function totalsText({ sent, succeeded, failed, cancelled, retried }) {
  const counts = { sent, succeeded, failed, cancelled, retried };
  const texts = Object.entries(counts)
    .filter(([name, value]) => value > 0 || name === 'sent')
    .map(([name, value]) => `${value.toLocaleString('en')} ${name}`);
  return `of all time: ${texts.join(' · ')}`;
}

/** Why it failed, and how often it was tried. */
export function failureOf({ error, attempt }) {
  const tries = attempt === 1 ? 'one attempt' : `${attempt} attempts`;
  return `${error ?? 'It failed.'} · ${tries}`;
}

const SHOWN_CHARACTERS = 200;

/** `200 · 24 ms · {"width":80}`, the answer shortened. */
export function resultOf({ result, startedAt, finishedAt }) {
  const took =
    startedAt === null ? [] : [milliseconds(Date.parse(finishedAt) - Date.parse(startedAt))];
  return [result?.status ?? 'no answer', ...took, ...bodyText(result)].join(' · ');
}

// Private

function bodyText(result) {
  if (!result || result.body === null)
    return result?.bytes > 0 ? [`${size(result.bytes)}, not kept`] : [];
  if (result.encoding === 'base64') return [size(result.bytes)];
  const text = result.encoding === 'json' ? JSON.stringify(result.body) : String(result.body);
  return [text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text];
}
