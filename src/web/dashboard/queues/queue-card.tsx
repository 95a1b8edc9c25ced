import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { History } from '../../contract.ts';
import { count, duration, milliseconds, rate } from '../format.ts';
import { QueueChart } from './queue-chart.tsx';
import { SPAN_MS, rateAt, withHistory, withQueue } from './queue-points.ts';
import type { QueuePoint } from './queue-points.ts';
import { queueState, servedBy, totalsText } from './queue-words.ts';
import type { Queue } from './queue-words.ts';
import type { Read } from './use-tasks.ts';

/** One queue. `backlogOf`: the service whose recorded backlog is what waited here before the page was there; null: none. */
export function QueueCard({
  queue,
  backlogOf,
  now,
  read,
}: {
  queue: Queue;
  backlogOf: string | null;
  now: number;
  read: Read;
}): JSX.Element {
  const { name, problem, waitMs, runMs } = queue;
  const points = useRef<readonly QueuePoint[]>([]);
  if (points.current.at(-1)?.at !== now) points.current = withQueue(points.current, queue, now);
  useEffect(() => {
    if (backlogOf === null) return;
    const path = `/api/v1/services/${encodeURIComponent(backlogOf)}/history`;
    read<History>(`${path}?from=${now - SPAN_MS}&to=${now}&limit=${SPAN_MS / 1000}`).then(
      (history) => {
        if (history) points.current = withHistory(points.current, history.points);
      },
      // It begins empty and goes on.
      () => undefined,
    );
    // Once, as it comes on the page.
  }, [backlogOf, read]);
  const last = points.current.length - 1;
  const [word, tone] = queueState(queue);
  const numbers: readonly (readonly [name: string, value: string])[] = [
    ['waiting', count(queue.waiting)],
    ['running', count(queue.running)],
    ['later', count(queue.later)],
    ['oldest', duration(queue.oldestMs)],
    ['in', rate(rateAt(points.current, last, 'sent'))],
    ['out', rate(rateAt(points.current, last, 'ended'))],
    // That of its service, where other queues may wait.
    ['to drain', duration(queue.waiting === 0 ? null : queue.drainTimeMs)],
    ['wait p50', milliseconds(waitMs.p50)],
    ['wait p95', milliseconds(waitMs.p95)],
    ['run p50', milliseconds(runMs.p50)],
    ['run p95', milliseconds(runMs.p95)],
    ['times failed', count(queue.failed)],
  ];
  return (
    <article class="card" aria-label={`Queue ${name}`}>
      <header class="card-head">
        <h3>{name}</h3>
        <p class={`state ${tone}`}>{word}</p>
        <p class="quiet">{servedBy(queue)}</p>
      </header>
      <dl class="numbers">
        {numbers.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {problem !== null && <p class="problem bad">{problem}</p>}
      <QueueChart name={name} points={points.current} now={now} />
      <p class="totals-line">{totalsText(queue)}</p>
    </article>
  );
}
