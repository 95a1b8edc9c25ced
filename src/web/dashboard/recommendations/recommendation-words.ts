import type { ServiceStatus } from '../../contract.ts';
import type { RecommendationView } from '../../recommendation-contract.ts';
import { span } from '../format.ts';
import type { Tone } from '../words.ts';
import { releaseChange, resumeChange } from '../actions/change.ts';
import type { Change } from '../actions/change.ts';

const KINDS = { trouble: 'trouble', saving: 'saving', advice: 'advice' } as const;
const TONES = { trouble: 'bad', saving: 'good', advice: 'held' } as const satisfies Record<
  string,
  Tone
>;
const RANKS = { trouble: 0, advice: 1, saving: 2 } as const;

/** Trouble first. */
export function inOrder(found: readonly RecommendationView[]): readonly RecommendationView[] {
  return [...found].sort((one, other) => RANKS[one.kind] - RANKS[other.kind]);
}

/** Whether it is still to be done: what a person holds may have been let go since it was advised. */
export function isOpen(
  { action, service }: RecommendationView,
  services: readonly ServiceStatus[],
): boolean {
  const found = services.find(({ name }) => name === service);
  if (!found || action === null) return true;
  return action === 'resume' ? found.paused : found.pinned !== null;
}

export function kindOf({ kind }: RecommendationView): readonly [word: string, tone: Tone] {
  return [KINDS[kind], TONES[kind]];
}

/** What it rests on: `seen over 3 d`. */
export function basisText({ from, to }: RecommendationView): string {
  return `seen over ${span(Date.parse(to) - Date.parse(from))}`;
}

/** `min: 1`, as one would write it. */
export function changeText({ key, value }: NonNullable<RecommendationView['change']>): string {
  return `${key}: ${value}`;
}

/** What a button does at once; null: there is none, or its service is gone. */
export function changeOf(
  { action, service }: RecommendationView,
  services: readonly ServiceStatus[],
): Change | null {
  const found = services.find(({ name }) => name === service);
  if (!action || !found) return null;
  return action === 'resume' ? resumeChange(found) : releaseChange(found);
}
