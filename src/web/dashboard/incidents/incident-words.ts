import type { IncidentView } from '../../contract.ts';
import type { Tone } from '../words.ts';

/** `ALERT_FIRING` → `Alert firing` */
export function incidentTitle({ code }: Pick<IncidentView, 'code'>): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** How worrying it is. What is not listed is one of the many ways in which a start fails or a replica ends. */
export function incidentTone({ code }: Pick<IncidentView, 'code'>): Tone {
  return TONES[code] ?? 'bad';
}

// Private

const TONES: Readonly<Record<string, Tone>> = {
  ADOPTED: 'held',
  DEPLOYMENT_BEGAN: 'held',
  DEPLOYMENT_ENDED: 'held',
  ALERT_RESOLVED: 'good',
  CIRCUIT_CLOSED: 'good',
  DATABASE_BACK: 'good',
  GATEWAY_BACK: 'good',
  GATEWAY_MENDED: 'good',
  QUEUE_CAUGHT_UP: 'good',
  CIRCUIT_HALF_OPEN: 'warn',
  DRAIN_OVER: 'warn',
  NO_ROOM: 'warn',
  NOT_LISTENING: 'warn',
  QUEUE_BEHIND: 'warn',
  REPLICA_REPLACED: 'warn',
};
