import { humanDuration } from '../../../kit/duration.ts';
import type { Claim, Fact, Front, Report, Section } from '../../report/report.ts';
import { numberText } from '../../report/value-text.ts';
import { LIMITS } from '../score.ts';
import type { ScoredRun, Simulation, TraceResult } from '../simulation.ts';
import { simulationTimeline, timelineWords } from './simulation-timeline.ts';
import { allTable, costTable, meanTable, runTable } from './simulation-tables.ts';
import { labelOf, modelText, shareText, traceText } from './words.ts';

/** What is told beside the figures. */
export interface SimulationAccount {
  readonly claims: readonly Claim[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  readonly sweep: boolean;
  readonly hold: boolean;
  /** Whose rules Tidegate's policies had; null: as they come. */
  readonly service: string | null;
  /** How to make it again. */
  readonly command: string;
}

/** The report of one back-test. */
export function simulationReport(simulation: Simulation, account: SimulationAccount): Report {
  const { traces, results, summary } = simulation;
  const { claims, warnings, notes, sweep } = account;
  const doubts = [...warnings, ...notes];
  return {
    title: `Back-test on ${traces.map(({ name }) => name).join(', ')}`,
    subtitle: `${numberText(new Set(results.map(({ policy }) => policy)).size)} policies, ${traces.length} ${
      traces.length === 1 ? 'trace' : 'traces'
    }${sweep ? ', each setting of each policy' : ', each policy as it comes'}`,
    facts: factsOf(simulation, sweep),
    sections: [
      ...(claims.length > 0 ? [{ heading: 'What was expected', claims }] : []),
      ...(doubts.length > 0 ? [{ heading: 'Beside the figures', text: doubts }] : []),
      ...(sweep && traces.length > 1
        ? [
            {
              heading: 'Cost at equal violations, all traces',
              text: [MEAN_WORDS],
              table: meanTable(summary, traces),
            },
          ]
        : []),
      ...traces.flatMap((trace) =>
        traceSections(
          trace,
          results.filter((run) => run.trace === trace.name),
          sweep,
        ),
      ),
      { heading: 'How it was made', text: howMade(simulation, account) },
    ],
  };
}

// Private

const MEAN_WORDS =
  'The cost of the cheapest setting that keeps violations at or below 1 % and 0.1 %, relative to the clairvoyant; the ' +
  'mean over traces is the geometric one. “Or static” counts a trace on which no setting keeps 1 % with what a static count costs there.';

const RUN_WORDS =
  'Cost is replicas × time, the clairvoyant’s is 1; reversals/h is how often an hour the count changed direction; ' +
  'worst 5 min are the violations in them.';

const COST_WORDS =
  'For each policy the cheapest setting that keeps violations at or below the limit, its cost relative to the clairvoyant, ' +
  'where its one knob then stands (the share of what its replicas can do that is to be in use; of static, at the peak), and how often its count changed direction. “~” stands where other seeds might have broken the limit.';

const FRONT_WORDS =
  'Violations to the right, cost relative to the clairvoyant upwards, both logarithmic: down and to the left is better. ' +
  'A line joins the settings of a policy, the open circle is the policy as it comes, the dashed lines are 1 % and 0.1 %. ' +
  'The other policies are grey.';

/** What one looks for first: Tidegate's own and the best known peer. */
const FIRST = ['slo', 'predictive', 'target', 'hpa', 'kpa', 'keda'];

function factsOf({ results, summary, traces }: Simulation, sweep: boolean): readonly Fact[] {
  const mean = traces.length > 1 ? ', geometric mean' : '';
  return FIRST.filter((policy) => results.some((run) => run.policy === policy)).map((policy) => {
    if (sweep) {
      const cost = summary.find((each) => each.policy === policy)?.costAt1Percent ?? null;
      return {
        label: `${policy}: C(1 %)${mean}`,
        value: cost === null ? 'not reachable' : cost.toFixed(2),
        ...(cost === null ? { tone: 'bad' as const } : {}),
      };
    }
    const runs = results.filter((run) => run.policy === policy && run.target === null);
    const worst = Math.max(...runs.map((run) => run.violationRatio));
    return {
      label: `${policy}: violations${traces.length > 1 ? ', worst trace' : ` at cost ${(runs[0]?.costVsClairvoyant ?? 0).toFixed(2)}`}`,
      value: shareText(worst),
      tone: worst <= LIMITS.bad ? 'good' : 'bad',
    };
  });
}

function traceSections(
  trace: TraceResult,
  runs: readonly ScoredRun[],
  sweep: boolean,
): readonly Section[] {
  const { name, origin, timelines } = trace;
  const costs: readonly Section[] = sweep
    ? [
        {
          heading: `${name}: cost at equal violations`,
          text: [COST_WORDS],
          table: costTable(runs, trace.summary),
        },
        {
          heading: `${name}: cost against violations`,
          text: [FRONT_WORDS],
          fronts: { fronts: frontsOf(runs), limits: Object.values(LIMITS) },
        },
      ]
    : [];
  return [
    {
      heading: `${name}: each policy as it comes`,
      text: [`${traceText(trace)} (${origin}).`, `${capitalised(modelText(trace))}.`, RUN_WORDS],
      table: runTable(runs),
    },
    ...costs,
    ...(timelines.length > 0
      ? [
          {
            heading: `${name}: over time`,
            text: [timelineWords(trace)],
            timeline: simulationTimeline(trace),
          },
        ]
      : []),
    ...(sweep ? [{ heading: `${name}: every setting`, table: allTable(runs) }] : []),
  ];
}

function frontsOf(runs: readonly ScoredRun[]): readonly Front[] {
  return [...new Set(runs.map(({ policy }) => policy))].map((policy) => ({
    name: labelOf(policy),
    points: runs
      .filter((run) => run.policy === policy)
      .map(({ violationRatio, costVsClairvoyant, target }) => ({
        share: violationRatio,
        cost: costVsClairvoyant,
        name: target === null ? null : String(target),
      })),
  }));
}

function howMade(
  { traces }: Simulation,
  { hold, service, command }: SimulationAccount,
): readonly string[] {
  const [first] = traces;
  const rules =
    service === null
      ? 'Tidegate’s policies ran with the rules they come with'
      : `Tidegate’s policies ran with the rules of the service ${service}`;
  return [
    `Made with: ${command}`,
    `Rates ${hold ? 'hold for each step' : 'go in a straight line from the middle of one step to the next'}; ` +
      'requests arrive by chance within each tick (Poisson) and start-up times are drawn, both from a seed: the same command gives the same figures.',
    ...(first ? [modelWords(first)] : []),
    `${rules}; the peers with their vendors’ defaults, or where there are none with what is common. ` +
      'AWS publishes no algorithm: what is shown is inferred from its documentation and from what is seen of it.',
    'Cost is replicas asked for and not yet gone, times seconds, relative to a clairvoyant that knows the load, not the start-up times, and keeps a fifth free. ' +
      'Violations are requests slower than the limit or given up, of all.',
  ];
}

function modelWords({ model }: TraceResult): string {
  const { serviceMs, serviceCv, concurrency, startup, drainMs, timeoutMs, sloMs } = model;
  return (
    `The service: each replica serves ${concurrency} at once in ${humanDuration(serviceMs)} on average (log-normal, deviation ${numberText(serviceCv)} of the mean); ` +
    `what does not fit waits in one queue, at most ${humanDuration(timeoutMs)}; a start takes ${humanDuration(startup.medianMs)} (median, log-normal, deviation ${numberText(startup.cv)}), ` +
    `an end ${humanDuration(drainMs)}; slower than ${humanDuration(sloMs)} is a violation.`
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
