/** As on the command line. */
export interface LoadOptions {
  readonly rate?: string;
  readonly users?: string;
  readonly duration?: string;
  readonly stages?: string;
  readonly trace?: string;
  readonly speed?: string;
  readonly multiply?: string;
  readonly ramp?: string;
  readonly think?: string;
  readonly method?: string;
  readonly header: readonly string[];
  readonly body?: string;
  readonly bodyFile?: string;
  readonly urls?: string;
  readonly wait?: string;
  readonly timeout?: string;
  readonly maxRequests?: string;
  readonly expect: readonly string[];
  readonly report: readonly string[];
  readonly allowRemote?: boolean;
}

/** Pairs that contradict each other, and options that do nothing without another. */
export function conflictsIn(options: LoadOptions): readonly string[] {
  const given = (name: keyof LoadOptions): boolean => options[name] !== undefined;
  const both = ([one, other]: readonly [keyof LoadOptions, keyof LoadOptions]): string[] =>
    given(one) && given(other) ? [`${flag(one)} and ${flag(other)} exclude each other`] : [];
  const alone = (name: keyof LoadOptions, needed: readonly (keyof LoadOptions)[]): string[] =>
    given(name) && !needed.some(given)
      ? [`${flag(name)} does nothing without ${needed.map(flag).join(' or ')}`]
      : [];
  const open = given('rate') || given('trace') || (given('stages') && !given('users'));
  const users = (['ramp', 'think'] as const).filter((name) => given(name) && open);
  return [
    ...EXCLUDING.flatMap(both),
    ...alone('speed', ['trace']),
    ...alone('multiply', ['trace']),
    ...users.map((name) => `${flag(name)} is for users: an open loop has none (--users)`),
  ];
}

// Private

const EXCLUDING = [
  ['rate', 'users'],
  ['trace', 'rate'],
  ['trace', 'users'],
  ['trace', 'stages'],
  ['trace', 'duration'],
  ['stages', 'duration'],
  ['stages', 'ramp'],
  ['body', 'bodyFile'],
] as const;

function flag(name: keyof LoadOptions): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
