import type { Log } from '../kit/log.ts';
import type { ControlEvent } from './control.ts';

export interface Events {
  emit(event: ControlEvent): void;
  listen(listener: (event: ControlEvent) => void): () => void;
}

/** Tells every listener; one that throws is logged and does not keep the others from hearing. */
export function createEvents(log: Log): Events {
  const listeners = new Set<(event: ControlEvent) => void>();
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (err) {
          log.error({ err, event: event.kind }, 'a listener failed');
        }
      }
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
