import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ServiceStatus } from '../../contract.ts';
import { ask } from './ask.ts';
import { pauseChange, releaseChange, restartChange, resumeChange, scaleChange } from './change.ts';
import { countOf, countProblem, stepped } from './count.ts';

/** What can be done with a service; each asks first. `whyNot`: why nothing can now, null where it can. */
export function ServiceActions({
  service,
  whyNot,
}: {
  service: ServiceStatus;
  whyNot: string | null;
}): JSX.Element {
  const { name, paused, pinned } = service;
  const off = whyNot !== null;
  return (
    <div class="actions" role="group" aria-label={`Change ${name}`} title={whyNot ?? undefined}>
      <Stepper service={service} off={off} />
      {pinned !== null && (
        <button type="button" disabled={off} onClick={() => ask(releaseChange(service))}>
          Auto
        </button>
      )}
      <button
        type="button"
        disabled={off}
        onClick={() => ask(paused ? resumeChange(service) : pauseChange(service))}
      >
        {paused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" disabled={off} onClick={() => ask(restartChange(service))}>
        Restart
      </button>
    </div>
  );
}

// Private

/** Shows what is desired until somebody types, and what was typed until that is so. */
function Stepper({ service, off }: { service: ServiceStatus; off: boolean }): JSX.Element {
  const { name, desired, pinned, min, max } = service;
  const problemId = `count-problem-${name}`;
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => {
    if (pinned !== null) setTyped((text) => (text === String(pinned) ? null : text));
  }, [pinned]);
  const text = typed ?? String(desired);
  const count = countOf(text, service);
  const problem = countProblem(text, service);
  const step = (by: number): void => setTyped(String(stepped(text, by, service)));
  const held = count !== null && count === pinned;
  return (
    <form
      class="stepper"
      // It says itself what is wrong, beside the number.
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (count !== null && !held) ask(scaleChange(service, count), () => setTyped(null));
      }}
    >
      <button
        type="button"
        class="step"
        aria-label={`One replica of ${name} fewer`}
        disabled={off || (count ?? max) <= min}
        onClick={() => step(-1)}
      >
        −
      </button>
      <input
        type="number"
        inputMode="numeric"
        aria-label={`Replicas of ${name}, ${min} to ${max}`}
        title={`${min} to ${max}`}
        min={min}
        max={max}
        step={1}
        value={text}
        disabled={off}
        aria-invalid={problem !== null}
        aria-describedby={problemId}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <button
        type="button"
        class="step"
        aria-label={`One replica of ${name} more`}
        disabled={off || (count ?? min) >= max}
        onClick={() => step(1)}
      >
        +
      </button>
      {/* Not disabled: whoever cancelled has the focus here. */}
      <button type="submit" disabled={off} aria-disabled={count === null || held}>
        {count === null || held ? 'Hold' : `Hold at ${count}`}
      </button>
      <p id={problemId} class="problem-note bad" role="status">
        {problem}
      </p>
    </form>
  );
}
