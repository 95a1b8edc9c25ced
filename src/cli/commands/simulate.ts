import type { Command } from 'commander';
import type { Io } from '../io.ts';
import type { SimulateOptions } from '../simulate/simulate-options.ts';

export function register(program: Command, io: Io): void {
  program
    .command('simulate')
    .summary('back-test policies against each other and the peers, on recorded load')
    .description(
      'Replays a recorded load against a model of the service, once with each policy, and says what each would have cost ' +
        'and how many requests it would have kept waiting. Nothing is started and nothing is sent. Traces that come with ' +
        'Tidegate: worldcup, worldcup-all, llm, functions, elb, taxi, aapl. Exits 99 when an expectation is not met, 2 when ' +
        'the trace or the options are wrong, 130 when interrupted.',
    )
    .option(
      '--trace <file>',
      'a CSV file t_seconds,requests_per_second, or the name of a trace that comes along; may be repeated',
      gather,
    )
    .option(
      '--multiply <x>',
      'multiplies the rates (default: 1; of a trace that comes along what docs/simulate.md says)',
    )
    .option('--from-history', 'replays what the running project recorded of a service')
    .option('--from <time>', "of the history: '2h' ago, '14:30' or ISO 8601 (default: all of it)")
    .option('--to <time>', 'of the history (default: now)')
    .option('--service <name>', 'which service of the configuration')
    .option(
      '--policy <name>',
      'slo, predictive, target, exponential, linear, hpa, kpa, keda, aws, crane or static; may be repeated (default: all of these)',
      gather,
    )
    .option(
      '--sweep',
      'turns the one knob of each policy (how full replicas are to be), nine settings or more, and tells its cost at equal violations',
    )
    .option(
      '--seeds <n>',
      'how often, each with other arrivals and start-up times (default: 5, 3 or 1, by the length of the trace)',
    )
    .option(
      '--expect <what>',
      "'slo.violations<1%', 'elb:slo.cost<2'…: violations, worst5Minutes, cost, reversals, peak, and with --sweep costAt1Percent, costAt01Percent, costAt1PercentOrStatic; may be repeated",
      gather,
    )
    .option('--report <file>', 'FILE.html to look at, FILE.json as data; may be repeated', gather)
    .option('--service-time <time>', 'mean time to serve a request (default: 50ms)')
    .option('--concurrency <n>', 'requests a replica serves at once (default: 1)')
    .option('--startup <time>', 'from the order to ready, the median (default: 30s)')
    .option('--slo <time>', 'slower is a violation (default: 1s)')
    .option('--timeout <time>', 'who waits longer is given up (default: 30s)')
    .option('--min <n>', 'replicas at least (default: 1)')
    .option('--max <n>', 'replicas at most (default: four times what the peak needs)')
    .option(
      '--tick <time>',
      'how fine time is (default: 1s, for long traces of coarse steps 2s or 5s)',
    )
    .option('--hold', 'the rate holds for each step, instead of going straight to the next')
    .option('-c, --config <file>', 'the configuration file, whose service is the model')
    .option('--no-config', 'leaves the configuration file of this folder aside')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      "\nExample:\n  tidegate simulate --trace worldcup\n  tidegate simulate --trace mine.csv --sweep --report scaling.html\n  tidegate simulate --from-history --policy slo --expect 'slo.violations<1%'",
    )
    .showHelpAfterError('→ A trace is named with --trace. See `tidegate simulate --help`.')
    .action(async (given: Partial<SimulateOptions>) => {
      const options = { trace: [], policy: [], expect: [], report: [], ...given };
      const { simulate } = await import('../simulate/simulate.ts');
      process.exitCode = await simulate(options, io);
    });
}

// Private

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
