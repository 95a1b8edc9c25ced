import type { Recommendation } from '../control/advice/recommendation.ts';
import type { RecommendationView } from './recommendation-contract.ts';

/** An advice as the API tells it. */
export function recommendationViewOf({ from, to, ...advice }: Recommendation): RecommendationView {
  return { ...advice, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
