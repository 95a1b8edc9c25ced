import type { Alert } from '../control/alerts/alert.ts';
import type { AlertView } from './contract.ts';

export function alertViewOf({ since, told, ...alert }: Alert): AlertView {
  return {
    ...alert,
    since: new Date(since).toISOString(),
    told: told && { ...told, at: told.at === null ? null : new Date(told.at).toISOString() },
  };
}
