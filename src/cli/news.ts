import type { LiveEvent } from '../web/event-contract.ts';
import { driftText } from './drift.ts';
import { replicasText } from './numbers.ts';

/** A line for people about what just happened, or null where there is nothing to say. */
export function newsOf(event: LiveEvent): string | null {
  switch (event.event) {
    case 'decision': {
      const { service, decision } = event.data;
      if (decision.desired === decision.current) return null;
      return `${service}: ${decision.current} → ${replicasText(decision.desired)}: ${decision.reasons.join('; ')}`;
    }
    case 'replica': {
      const { replica, state, was, note } = event.data;
      if (state === was) return note && `${replica}: ${note}`;
      if (state === 'starting' || state === 'draining') return null;
      return `${replica}: ${state}${note ? ` (${note})` : ''}`;
    }
    case 'gateway': {
      const { change, reasons } = event.data;
      return `gateway ${change}${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`;
    }
    case 'database':
      return event.data.message;
    case 'deployment': {
      const { deployment, text } = event.data;
      return `${deployment.kind} ${deployment.id}: ${text}`;
    }
    case 'cache':
      return `the gateway forgot what it kept of ${event.data.purged.join(', ')}`;
    case 'circuit': {
      const { service, state, reason } = event.data;
      const what = { open: 'refused', 'half-open': 'tried one at a time', closed: 'let through' };
      return `${service}: circuit ${state}, requests are ${what[state]}${reason && state !== 'half-open' ? `: ${reason}` : ''}`;
    }
    case 'alert': {
      const { state, message } = event.data;
      return state === 'pending' ? null : `alert ${state}: ${message}`;
    }
    case 'config':
      return driftText(event.data.drift) ?? 'the configuration file is as what is in force again';
    case 'status':
      return null;
  }
}
