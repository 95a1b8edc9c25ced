import type { JSX } from 'preact';
import type { DecisionView } from '../../contract.ts';
import { boundText, inputsOf, stagesOf } from './decision-words.ts';

/** A decision from what the policy asked for to what came of it, with its reasons and all that it knew. */
export function DecisionDetail({ decision }: { decision: DecisionView }): JSX.Element {
  return (
    <>
      <Stages decision={decision} />
      <div class="why">
        <Reasons decision={decision} />
        <Inputs decision={decision} />
      </div>
    </>
  );
}

// Private

function Stages({ decision }: { decision: DecisionView }): JSX.Element {
  return (
    <ol class="stages" aria-label="Stages">
      {stagesOf(decision).map(({ label, value, changed }) => (
        <li key={label} class={changed ? 'changed' : ''}>
          <span class="quiet">{label}</span> <strong>{value}</strong>
        </li>
      ))}
    </ol>
  );
}

function Reasons({ decision }: { decision: DecisionView }): JSX.Element {
  const { binding, reasons, lately } = decision;
  return (
    <div>
      <h4>Why</h4>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      <p class={binding === 'none' ? 'quiet' : 'bound'}>{boundText(binding)}</p>
      {lately && lately.length > 0 && (
        <>
          <h4>Why it stays so</h4>
          <ul>
            {lately.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function Inputs({ decision }: { decision: DecisionView }): JSX.Element {
  return (
    <div>
      <h4>What it knew</h4>
      <dl class="inputs">
        {inputsOf(decision.signals).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
