import { addressProblem } from '../../spec/alert-address.ts';
import type { AlertAddress, AlertsSpec } from '../../spec/alerts.ts';
import type { SecretRef } from '../../spec/spec.ts';
import { badAlertAddress, secretUnreadable } from '../errors.ts';

/** @throws Error saying why it cannot be had */
export type ReadSecret = (secret: SecretRef) => string;

/** Where news are sent to, read now. @throws TidegateError SECRET_MISSING, BAD_ALERT_ADDRESS, without what is in it */
export function readAddress(address: AlertAddress, readSecret: ReadSecret): string {
  const url = typeof address.url === 'string' ? address.url : read(address.url, readSecret);
  const problem = addressProblem(url, address);
  if (problem !== null) throw badAlertAddress(problem);
  return url;
}

/** Finds out before an alert fires that nobody can be told. @throws as `readAddress` */
export function requireAddresses({ rules, defaults }: AlertsSpec, readSecret: ReadSecret): void {
  for (const { notify } of [...rules, ...(defaults ? [defaults] : [])])
    if (notify !== null) readAddress(notify, readSecret);
}

// Private

function read(secret: SecretRef, readSecret: ReadSecret): string {
  try {
    return readSecret(secret).trim();
  } catch (thrown) {
    throw secretUnreadable('alerts[].notify', thrown);
  }
}
