import { SECOND } from '../kit/clock.ts';
import { PORT_HINT, portMistake } from '../engine/errors.ts';
import { isOwnService } from '../spec/own-services.ts';
import type { LifeDeps } from './replica-life.ts';
import type { Replica } from './roster.ts';
import type { ServiceProblem } from './view.ts';

/** Most programs listen by then; looking earlier would only be wrong more often. */
const FIRST_LOOK_MS = 5 * SECOND;
const LOOK_EVERY_MS = SECOND;

export interface PortWatchDeps extends Pick<LifeDeps, 'clock' | 'log' | 'engine' | 'roster'> {
  readonly onProblem: (service: string, problem: ServiceProblem) => void;
}

/**
 * While a replica starts: looks whether it listens on the port it was given, and says once that it does not, and once
 * more when it listens on another. Returns how to stop looking.
 */
export function watchPort(
  deps: PortWatchDeps,
  replica: Replica,
  firstLookMs = FIRST_LOOK_MS,
): () => void {
  const stop = new AbortController();
  let told: ServiceProblem['code'] | null = null;

  const look = async (): Promise<void> => {
    if (replica.state !== 'starting' || !replica.address) return;
    const { port } = replica.address;
    const ports = await deps.engine.listensOn(replica.id);
    const mistake = portMistake(port, ports);
    if (stop.signal.aborted || mistake === null) return;
    const code = ports?.length === 0 ? 'NOT_LISTENING' : 'WRONG_PORT';
    if (told === code || told === 'WRONG_PORT') return;
    told = code;
    const at = deps.clock.now();
    const note = isOwnService(replica.service)
      ? ownNote(replica.service)
      : `${mistake}. ${PORT_HINT}`;
    deps.onProblem(replica.service, { code, message: `${replica.id} ${note}`, at, log: [] });
    deps.roster.note(replica, at, note);
  };

  const next = (delayMs: number): void => {
    const timer = setTimeout(() => {
      void look()
        .catch((err: unknown) => deps.log.error({ err }, `look at the ports of ${replica.id}`))
        .finally(() => {
          if (!stop.signal.aborted && told !== 'WRONG_PORT') next(LOOK_EVERY_MS);
        });
    }, delayMs);
    stop.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  };
  next(firstLookMs);
  return () => stop.abort();
}

// Private

/** Nobody wrote its command: it listens once it has what it needs. */
function ownNote(service: string): string {
  return `does not listen yet: it waits for what it needs, such as its database. Its log has more: tidegate logs ${service}`;
}
