import type { JSX } from 'preact';
import type { ReplicaStatus, ServiceStatus } from '../../contract.ts';
import { count, megabytes, milliseconds, percent } from '../format.ts';
import { openLogs } from '../logs/open-logs.ts';
import { replicaStateText } from '../words.ts';
import { fullness, replicaNote, replicaTone } from './replica-words.ts';

/** Rows are kept by replica, so that the table can be read while it changes. */
export function ReplicaTable({
  service,
  now,
}: {
  service: ServiceStatus;
  now: number;
}): JSX.Element {
  const { name, replicas, memoryLimitBytes, asleep } = service;
  if (replicas.length === 0)
    return (
      <p class="quiet">
        {asleep ? 'No replica runs: the next request or task wakes one.' : 'No replica runs.'}{' '}
        <LogsButton service={name} replica={null} />
      </p>
    );
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label={`Replicas of ${name}`}>
      <table class="replicas">
        <thead>
          <tr>
            <th scope="col">
              replica <LogsButton service={name} replica={null} />
            </th>
            <th scope="col">state</th>
            <th scope="col">CPU</th>
            <th scope="col">
              memory
              {memoryLimitBytes !== null && <span> of {megabytes(memoryLimitBytes)}</span>}
            </th>
            <th scope="col">loop delay</th>
            <th scope="col">in flight</th>
            <th scope="col" class="note">
              note
            </th>
          </tr>
        </thead>
        <tbody>
          {replicas.map((replica) => (
            <Row
              key={replica.id}
              service={name}
              replica={replica}
              memoryLimitBytes={memoryLimitBytes}
              now={now}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

// Private

function Row({
  service,
  replica,
  memoryLimitBytes,
  now,
}: {
  service: string;
  replica: ReplicaStatus;
  memoryLimitBytes: number | null;
  now: number;
}): JSX.Element {
  const { id, cpu, memoryBytes, eventLoopDelayMs, inFlight } = replica;
  return (
    <tr>
      <th scope="row">
        {id} <LogsButton service={service} replica={id} />
      </th>
      <td class={replicaTone(replica) ?? 'quiet'}>{replicaStateText(replica)}</td>
      <td>
        <Bar value={cpu} of={1} />
        {percent(cpu)}
      </td>
      <td>
        {memoryLimitBytes !== null && <Bar value={memoryBytes} of={memoryLimitBytes} />}
        {megabytes(memoryBytes)}
      </td>
      <td>{milliseconds(eventLoopDelayMs)}</td>
      <td>{count(inFlight)}</td>
      <td class="note quiet">{replicaNote(replica, now)}</td>
    </tr>
  );
}

/** The number stands beside it, so it says nothing to a screen reader. */
function Bar({ value, of }: { value: number | null; of: number }): JSX.Element | null {
  const full = fullness(value, of);
  if (full === null) return null;
  return (
    <span class={`bar ${full.tone}`} aria-hidden="true">
      <span style={{ width: `${Math.round(full.share * 100)}%` }} />
    </span>
  );
}

function LogsButton({
  service,
  replica,
}: {
  service: string;
  replica: string | null;
}): JSX.Element {
  return (
    <button
      type="button"
      class="small"
      aria-label={replica === null ? `All logs of ${service}` : `Logs of ${replica}`}
      onClick={({ currentTarget }) => openLogs(service, replica, currentTarget)}
    >
      {replica === null ? 'all logs' : 'logs'}
    </button>
  );
}
