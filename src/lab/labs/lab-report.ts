import { humanDuration } from '../../kit/duration.ts';
import type { Fact, Report, Section } from '../report/report.ts';
import type { Lab, LabOutcome } from './lab.ts';
import type { LabProblem, LabResult } from './run-lab.ts';

export interface Measured {
  readonly state: LabResult['state'];
  readonly outcome: LabOutcome | null;
  readonly problem: LabProblem | null;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly durationS: number;
}

/** What a lab found, as a report: the claims first, then what was seen, at last why it is so. */
export function labReport(lab: Lab, measured: Measured): Report {
  const { state, outcome, problem, startedAt, durationS } = measured;
  const claims = outcome?.claims ?? [];
  const met = claims.filter((claim) => claim.met).length;
  return {
    title: lab.title,
    subtitle: `Lab ${lab.name}, ${new Date(startedAt).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    facts: [
      stateFact(state),
      ...(claims.length > 0 ? [{ label: 'claims met', value: `${met} of ${claims.length}` }] : []),
      { label: 'took', value: humanDuration(Math.round(durationS) * 1000) },
    ],
    sections: [
      ...(problem ? [problemSection(problem)] : []),
      ...(claims.length > 0 ? [{ heading: 'What was claimed', claims }] : []),
      ...(outcome?.sections ?? []),
      { heading: 'Why', text: lab.teaches },
    ],
  };
}

/** One page over the labs of one run; each leads to the file of its name beside it. */
export function indexReport(results: readonly LabResult[], startedAt: number): Report {
  const passed = results.filter((result) => result.passed).length;
  const tookS = results.reduce((sum, { durationS }) => sum + durationS, 0);
  return {
    title: 'Labs',
    subtitle: `${results.length} ${results.length === 1 ? 'experiment' : 'experiments'} on this machine, ${new Date(startedAt).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    facts: [
      {
        label: 'passed',
        value: `${passed} of ${results.length}`,
        tone: passed === results.length ? 'good' : 'bad',
      },
      { label: 'took', value: humanDuration(Math.round(tookS) * 1000) },
    ],
    sections: [
      {
        heading: 'What was found',
        table: {
          columns: ['lab', 'what one learns', 'result', 'claims met', 'took s'],
          rows: results.map(({ name, title, state, claims, durationS }) => [
            { text: name, href: `${name}.html` },
            title,
            { text: STATE_WORDS[state], tone: toneOf(state) },
            `${claims.filter(({ met }) => met).length} of ${claims.length}`,
            Math.round(durationS),
          ]),
        },
      },
      ...results.map(claimsSection),
    ],
  };
}

export const STATE_WORDS: Readonly<Record<LabResult['state'], string>> = {
  passed: 'passed',
  unmet: 'not as claimed',
  broken: 'broke',
  interrupted: 'interrupted',
};

// Private

function stateFact(state: LabResult['state']): Fact {
  return { label: 'result', value: STATE_WORDS[state], tone: toneOf(state) };
}

function toneOf(state: LabResult['state']): 'good' | 'bad' {
  return state === 'passed' ? 'good' : 'bad';
}

function problemSection({ code, message, hint }: LabProblem): Section {
  return {
    heading: 'What went wrong',
    text: [`${message} (${code})`, ...(hint === null ? [] : [hint])],
  };
}

function claimsSection({ name, claims, problem }: LabResult): Section {
  return {
    heading: name,
    ...(problem ? { text: [problem.message] } : {}),
    ...(claims.length > 0 ? { claims } : {}),
  };
}
