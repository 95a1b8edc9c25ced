import type { JSX } from 'preact';
import type { ServiceStatus } from '../../contract.ts';
import type { RecommendationView } from '../../recommendation-contract.ts';
import { ask } from '../actions/ask.ts';
import { CopyText } from '../actions/copy-text.tsx';
import {
  basisText,
  changeOf,
  changeText,
  inOrder,
  isOpen,
  kindOf,
} from './recommendation-words.ts';

/** What could be better, why, and what does it; nothing where nothing could. */
export function RecommendationSection({
  recommendations,
  services,
  whyNot,
}: {
  recommendations: readonly RecommendationView[];
  services: readonly ServiceStatus[];
  whyNot: string | null;
}): JSX.Element | null {
  const open = recommendations.filter((each) => isOpen(each, services));
  if (open.length === 0) return null;
  return (
    <section class="recommendations" aria-label="Recommendations">
      <header class="part-head">
        <h2>Recommendations</h2>
        <p class="quiet">out of what was recorded</p>
      </header>
      <ul>
        {inOrder(open).map((each) => (
          <Recommendation key={each.id} found={each} services={services} whyNot={whyNot} />
        ))}
      </ul>
    </section>
  );
}

// Private

function Recommendation({
  found,
  services,
  whyNot,
}: {
  found: RecommendationView;
  services: readonly ServiceStatus[];
  whyNot: string | null;
}): JSX.Element {
  const [kind, tone] = kindOf(found);
  const change = changeOf(found, services);
  return (
    <li>
      <p class="title">
        <span class={`state ${tone}`}>{kind}</span> <strong>{found.service}</strong> {found.title}
      </p>
      <p class="quiet" title={basisText(found)}>
        {found.evidence}
      </p>
      <div class="ways">
        {change && (
          <button
            type="button"
            disabled={whyNot !== null}
            title={whyNot ?? undefined}
            onClick={() => ask(change)}
          >
            {change.verb}
          </button>
        )}
        {found.change && <CopyText text={changeText(found.change)} />}
        {found.command !== null && !change && <CopyText text={found.command} />}
      </div>
    </li>
  );
}
