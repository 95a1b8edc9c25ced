import { element, setText } from './elements.js';
import { deploymentText, driftText, gatewayText, progressOf, troubleText } from './words.js';

/** How long an end, or what happened to the gateway, stays in view. */
const SHOWN_MS = 60_000;

/** What concerns the whole project: a deployment, a configuration file that differs, the gateway. */
export function createBanners(node) {
  const deployment = createDeploymentBanner();
  const drift = createBanner('warn');
  const gateway = createBanner('warn');
  node.append(deployment.node, drift.node, gateway.node);
  let ended = null;
  let news = null;

  return {
    deployed({ deployment }, now) {
      ended = deployment.state === 'running' ? null : { deployment, at: now };
    },
    gatewayDid(event, now) {
      const text = gatewayText(event);
      if (text !== null) news = { text, at: now };
    },
    update(status, now) {
      const recent = ended !== null && now - ended.at < SHOWN_MS ? ended.deployment : null;
      deployment.update(status.deployment ?? recent, now);
      // While it is being deployed, what differs is what is being done.
      drift.update(status.deployment?.state === 'running' ? null : driftText(status.drift));
      const fresh = news !== null && now - news.at < SHOWN_MS ? news.text : null;
      gateway.update(fresh ?? troubleText(status.gateway));
    },
  };
}

// Private

function createBanner(tone) {
  const node = element('p', { class: `banner ${tone}`, role: 'status', hidden: '' });
  return {
    node,
    update(text) {
      node.hidden = text === null;
      if (text !== null) setText(node, text);
    },
  };
}

const TONES = { running: 'held', done: 'good', interrupted: 'warn' };

function createDeploymentBanner() {
  const title = element('strong');
  const step = element('span', { class: 'quiet' });
  const bar = element('progress', { max: '1', 'aria-label': 'Replicas replaced' });
  const facts = element('span', { class: 'quiet' });
  const node = element(
    'section',
    { 'aria-label': 'Deployment', hidden: '' },
    title,
    step,
    bar,
    facts,
  );
  return {
    node,
    update(deployment, now) {
      node.hidden = deployment === null;
      if (deployment === null) return;
      const words = deploymentText(deployment, now);
      node.className = `banner deployment ${TONES[deployment.state] ?? 'bad'}`;
      setText(title, words.title);
      setText(step, words.step);
      setText(facts, words.facts);
      bar.value = progressOf(deployment);
      bar.hidden = deployment.state !== 'running' && deployment.state !== 'interrupted';
    },
  };
}
