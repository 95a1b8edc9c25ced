import type { JSX } from 'preact';
import type { DeploymentView, Status } from '../../contract.ts';
import type { GatewayEvent } from '../../event-contract.ts';
import { momentText } from '../timeline/time-text.ts';
import { deploymentText, driftText, gatewayText, progressOf, troubleText } from '../words.ts';
import type { Tone } from '../words.ts';

/** How long an end, or what happened to the gateway, stays in view. */
const SHOWN_MS = 60_000;

/** What concerns the whole project: a deployment, a configuration file that differs, the gateway. */
export function Banners({
  status,
  ended,
  gatewayNews,
  now,
}: {
  status: Status;
  /** The deployment that ended last, and when. */
  ended: { readonly deployment: DeploymentView; readonly at: number } | null;
  gatewayNews: { readonly event: GatewayEvent; readonly at: number } | null;
  now: number;
}): JSX.Element {
  const recent = ended !== null && now - ended.at < SHOWN_MS ? ended.deployment : null;
  const deployment = status.deployment ?? recent;
  // While it is being deployed, what differs is what is being done.
  const drift = status.deployment?.state === 'running' ? null : driftText(status.drift);
  const fresh = gatewayNews !== null && now - gatewayNews.at < SHOWN_MS ? gatewayNews.event : null;
  const gateway = (fresh && gatewayText(fresh)) ?? troubleText(status.gateway);
  return (
    <div class="banners">
      {deployment && <DeploymentBanner key={deployment.id} deployment={deployment} now={now} />}
      <div role="status">{drift !== null && <p class="banner warn">{drift}</p>}</div>
      <div role="status">{gateway !== null && <p class="banner warn">{gateway}</p>}</div>
    </div>
  );
}

// Private

const TONES: Readonly<Record<string, Tone>> = {
  running: 'held',
  done: 'good',
  interrupted: 'warn',
};

function DeploymentBanner({
  deployment,
  now,
}: {
  deployment: DeploymentView;
  now: number;
}): JSX.Element {
  const { title, step, facts } = deploymentText(deployment, now);
  const { state, steps } = deployment;
  return (
    <section class={`banner deployment ${TONES[state] ?? 'bad'}`} aria-label="Deployment">
      <strong role="status">{title}</strong>
      <span class="quiet">{step}</span>
      {(state === 'running' || state === 'interrupted') && (
        <progress max={1} value={progressOf(deployment)} aria-label="Replicas replaced" />
      )}
      <span class="quiet facts">{facts}</span>
      {steps.length > 1 && (
        <details class="quiet">
          <summary>{steps.length} steps</summary>
          <ol>
            {steps.map(({ at, text }, index) => (
              <li key={index}>
                <time dateTime={at}>{momentText(Date.parse(at), 0)}</time> {text}
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}
