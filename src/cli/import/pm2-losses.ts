/** Why a key of a PM2 app is not carried over; null for one that asks for nothing. */
export function whyNotOfPm2(key: string, value: unknown): string | null {
  if (value === undefined || value === null || key === 'version') return null;
  if (value === ON_BY_DEFAULT.has(key)) return null;
  return WHY.get(key) ?? 'Tidegate has nothing like it';
}

// Private

const ON_BY_DEFAULT: ReadonlySet<string> = new Set(['automation', 'pmx', 'treekill', 'vizion']);

const LOGS = 'each replica writes to .tidegate/logs/, which Tidegate rotates: see `tidegate logs`';
const BACKOFF =
  'starts that fail are spaced out by Tidegate itself; five in a row are called failed';
const WATCHING = 'nothing is started anew by itself when files change: `tidegate restart` does it';

const WHY: ReadonlyMap<string, string> = new Map([
  ['watch', WATCHING],
  ['ignore_watch', WATCHING],
  ['watch_delay', WATCHING],
  ['watch_options', WATCHING],
  ...[
    'error_file',
    'err',
    'error',
    'err_file',
    'err_log',
    'out_file',
    'out',
    'output',
    'out_log',
    'log_file',
    'log',
  ]
    .concat(
      'merge_logs',
      'combine_logs',
      'log_date_format',
      'log_type',
      'disable_logs',
      'time',
      'pid_file',
      'pid',
    )
    .map((key) => [key, LOGS] as const),
  ['cron_restart', 'nothing is restarted by the clock: let cron call `tidegate restart`'],
  ['cron', 'nothing is restarted by the clock: let cron call `tidegate restart`'],
  ['max_restarts', BACKOFF],
  ['min_uptime', BACKOFF],
  ['restart_delay', BACKOFF],
  ['exp_backoff_restart_delay', BACKOFF],
  ['stop_exit_codes', 'a replica that ends is always replaced, whatever its exit code'],
  ['instance_var', 'a replica finds its own name in TIDEGATE_REPLICA'],
  ['increment_var', 'a replica finds its port in PORT'],
  ['gid', 'the group is that of the user'],
  ['shutdown_with_message', 'a replica is told to end by SIGTERM'],
  ['source_map_support', "put --enable-source-maps into the command, behind 'node'"],
  ['filter_env', 'replicas inherit the whole environment of `tidegate up`'],
]);
