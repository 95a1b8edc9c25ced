/** Why a key of a Compose service is not carried over; null for one that asks for nothing. */
export function whyNotOfCompose(key: string, value: unknown): string | null {
  if (value === undefined || value === null || value === false || key.startsWith('x-')) return null;
  // What Tidegate does anyway.
  if (key === 'restart' && (value === 'always' || value === 'unless-stopped')) return null;
  return (
    WHY.get(key) ?? 'means something to a container; the command runs as a process of this machine'
  );
}

// Private

const NETWORK = 'programs on the machine share 127.0.0.1';
const FILES = 'programs on the machine see its own folders: check the paths that the command uses';

const WHY: ReadonlyMap<string, string> = new Map([
  ['restart', 'a replica that ends is always started again'],
  ['depends_on', 'services start side by side: a program must wait for what it needs'],
  [
    'env_file',
    "is not read: load it before `tidegate up`, or name its variables in env as { env: 'NAME' }",
  ],
  ['extends', 'what it takes from another service is not read'],
  ['volumes', FILES],
  ['tmpfs', FILES],
  ['configs', FILES],
  ['working_dir', 'was a folder of the container: set cwd, relative to the configuration'],
  ['networks', NETWORK],
  ['network_mode', NETWORK],
  ['links', NETWORK],
  ['extra_hosts', NETWORK],
  ['secrets', "write { file: 'PATH' } or { env: 'NAME' } in env"],
  ['user', 'was a user of the container: set user to one of this machine'],
  ['stop_signal', 'a replica is told to end by SIGTERM'],
  ['logging', 'each replica writes to .tidegate/logs/: see `tidegate logs`'],
  ['labels', 'nothing reads them; rules of a proxy become gateway.routes'],
  ['profiles', 'it is started always: take the service out if it should not be'],
  ['mem_reservation', 'nothing is set aside for a replica'],
]);
