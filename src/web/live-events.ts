import type { ServerResponse } from 'node:http';
import { SECOND } from '../kit/clock.ts';
import type { Clock } from '../kit/clock.ts';
import type { ControlEvent, ControlPlane } from '../control/control.ts';
import { writtenAlert } from '../control/alerts/alert.ts';
import type { Status } from './contract.ts';
import { deploymentViewOf } from './deployment-view.ts';
import type { LiveEvent } from './event-contract.ts';
import { decisionViewOf } from './status.ts';

const HEARTBEAT_MS = 15 * SECOND;
const MAX_BLOCKED_MS = 10 * SECOND;
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** Server-sent events for everybody who listens; each event is put into text once. */
export interface LiveEvents {
  /** Sends the status at once and then every event, until the signal aborts or `allowedUntil` has passed. */
  add(raw: ServerResponse, signal: AbortSignal, allowedUntil: number): void;
  close(): void;
}

interface Listener {
  readonly raw: ServerResponse;
  readonly allowedUntil: number;
  /** Since when the connection takes nothing more; null while it flows. */
  blockedSince: number | null;
}

/**
 * A listener whose connection is blocked misses statuses (the next one holds all of it) and is dropped after ten seconds
 * or a megabyte of other events, so that nobody who sleeps makes the control plane remember.
 */
export function createLiveEvents(options: {
  readonly control: ControlPlane;
  readonly clock: Clock;
  readonly status: () => Status;
  readonly heartbeatMs?: number;
}): LiveEvents {
  const { control, clock, status, heartbeatMs = HEARTBEAT_MS } = options;
  const listeners = new Set<Listener>();

  const send = (listener: Listener, frame: string, replaceable: boolean): void => {
    const { raw, allowedUntil } = listener;
    const now = clock.now();
    if (now >= allowedUntil) {
      raw.end();
      return;
    }
    if (raw.writableNeedDrain) {
      listener.blockedSince ??= now;
      const buffered = raw.writableLength + frame.length;
      if (now - listener.blockedSince >= MAX_BLOCKED_MS || buffered > MAX_BUFFERED_BYTES) {
        raw.destroy();
        return;
      }
      if (replaceable) return;
    } else {
      listener.blockedSince = null;
    }
    raw.write(frame);
  };

  const sendAll = (frame: string, replaceable: boolean): void => {
    for (const listener of listeners) send(listener, frame, replaceable);
  };

  const stopListening = control.onEvent((event) => {
    if (listeners.size === 0) return;
    const live = liveEventOf(event, status);
    sendAll(frameOf(live, clock.now()), live.event === 'status');
  });
  const heartbeat = setInterval(() => sendAll(': heartbeat\n\n', true), heartbeatMs);
  heartbeat.unref();

  return {
    add(raw, signal, allowedUntil) {
      const listener: Listener = { raw, allowedUntil, blockedSince: null };
      listeners.add(listener);
      signal.addEventListener('abort', () => {
        listeners.delete(listener);
        raw.end();
      });
      raw.write('retry: 2000\n\n');
      send(listener, frameOf({ event: 'status', data: status() }, clock.now()), false);
    },
    close() {
      clearInterval(heartbeat);
      stopListening();
    },
  };
}

/** The event as it goes out. */
export function liveEventOf(event: ControlEvent, status: () => Status): LiveEvent {
  switch (event.kind) {
    case 'tick':
      return { event: 'status', data: status() };
    case 'decision': {
      const { decision } = event;
      return {
        event: 'decision',
        data: { service: decision.service, decision: decisionViewOf(decision) },
      };
    }
    case 'replica': {
      const { kind: _, at, ...rest } = event;
      return { event: 'replica', data: { at: new Date(at).toISOString(), ...rest } };
    }
    case 'gateway': {
      const { kind: _, at, ...rest } = event;
      return { event: 'gateway', data: { at: new Date(at).toISOString(), ...rest } };
    }
    case 'database': {
      const { kind: _, at, ...rest } = event;
      return { event: 'database', data: { at: new Date(at).toISOString(), ...rest } };
    }
    case 'deployment': {
      const { at, deployment, text } = event;
      return {
        event: 'deployment',
        data: { at: new Date(at).toISOString(), deployment: deploymentViewOf(deployment), text },
      };
    }
    case 'cache': {
      const { at, purged } = event;
      return { event: 'cache', data: { at: new Date(at).toISOString(), purged } };
    }
    case 'circuit': {
      const { kind: _, at, untilAt, ...rest } = event;
      const until = untilAt === null ? null : new Date(untilAt).toISOString();
      return {
        event: 'circuit',
        data: { at: new Date(at).toISOString(), ...rest, untilAt: until },
      };
    }
    case 'alert':
      return { event: 'alert', data: writtenAlert(event.alert) };
    case 'config':
    default: {
      const { at, drift } = event satisfies ControlEvent & { kind: 'config' };
      return { event: 'config', data: { at: new Date(at).toISOString(), drift } };
    }
  }
}

// Private

/**
 * Its id is when it was sent, ms since the epoch: the clock of whoever listens may be another. JSON holds no bare line break,
 * so one `data:` line is enough.
 */
function frameOf({ event, data }: LiveEvent, now: number): string {
  return `id: ${now}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
