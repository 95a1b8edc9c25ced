import { createRecommendations, type RecommendationsDeps } from './advice/recommendations.ts';
import { createUnchangedSince } from './advice/unchanged-since.ts';
import type { ControlPlane } from './control.ts';
import type { Events } from './events.ts';
import type { Project } from './project.ts';
import type { ScaleLoop } from './scale-loop.ts';
import { isOwnService } from '../spec/own-services.ts';
import type { Store } from '../state/store.ts';

export interface ProjectAdviceDeps
  extends Pick<RecommendationsDeps, 'clock' | 'book' | 'counters' | 'startedAt'> {
  readonly project: Project;
  readonly store: Store;
  readonly events: Pick<Events, 'listen'>;
  readonly scaling: Pick<ScaleLoop, 'room' | 'seen'>;
}

/** Advice on the services of the project, out of what was recorded since each was edited last. */
export function projectAdvice(deps: ProjectAdviceDeps): Pick<ControlPlane, 'recommendations'> {
  const { clock, project, store, events, scaling } = deps;
  const unchangedSince = createUnchangedSince(store.facts, clock);
  // Noted when it happens, or whoever asks a week later would be told that the edit was now. What is rolled back was none.
  events.listen((event) => {
    if (event.kind !== 'deployment' || event.deployment.state === 'running') return;
    for (const { spec, leaving } of project.services.values())
      if (!leaving && !isOwnService(spec.name)) unchangedSince(spec);
  });
  return {
    recommendations: createRecommendations({
      ...deps,
      unchangedSince,
      machine: (name) => ({
        room: scaling.room(project.known(name)).room,
        memoryBytes: scaling.seen()?.host?.memoryBytes ?? null,
      }),
      hourOf: (at) => new Date(at).getHours(),
    }),
  };
}
