import type { Io } from './io.ts';
import { shellText } from './shell-text.ts';
import type { UnitUser } from './unit-user.ts';

/** What to type next, ready to be pasted. */
export interface UnitCommands {
  readonly enable: string;
  readonly linger: string | null;
  readonly restart: string;
  readonly down: string;
  readonly disable: string;
}

/** `elsewhere`: the unit's file is in a folder where systemd does not look, and has to be linked from there. */
export function unitCommands(
  unit: string,
  ofMachine: boolean,
  configPath: string,
  elsewhere: string | null,
): UnitCommands {
  const systemctl = ofMachine ? 'systemctl' : 'systemctl --user';
  const find =
    elsewhere === null
      ? `${systemctl} daemon-reload`
      : `${systemctl} link ${shellText([elsewhere])}`;
  return {
    enable: `${find} && ${systemctl} enable --now ${unit}`,
    linger: ofMachine ? null : 'loginctl enable-linger',
    restart: `${systemctl} restart ${unit}`,
    down: `tidegate down -c ${shellText([configPath])}`,
    disable: `${systemctl} disable --now ${unit}`,
  };
}

export interface WrittenUnit {
  readonly path: string;
  readonly state: string;
  readonly user: UnitUser | null;
  /** The user was not named: it is the owner of the folder. */
  readonly owned: boolean;
  readonly project: string;
  /** In a folder where systemd does not look. */
  readonly elsewhere: boolean;
  readonly commands: UnitCommands;
}

/** Tells a person what was done and what to do now. */
export function tellUnit(
  { path, state, user, owned, project, elsewhere, commands }: WrittenUnit,
  io: Io,
): void {
  io.out(state === 'unchanged' ? `${path} says exactly this already` : `${state} ${path}`);
  if (user && owned) {
    io.out(`It runs as ${user.name}, who owns ${project}; --user NAME names another.`);
  }
  io.out('');
  if (elsewhere)
    io.out(
      'systemd does not look in that folder. Link it from there, or copy it to where it looks.',
    );
  io.out('Start it, now and at every boot:');
  io.out(`  ${commands.enable}`);
  if (commands.linger) {
    io.out('Let it run while you are not logged in:');
    io.out(`  ${commands.linger}`);
  }
  io.out('After a new version of Tidegate, without a request lost:');
  io.out(`  ${commands.restart}`);
  io.out('Drain and stop everything:');
  io.out(`  ${commands.down}`);
  io.out('');
  io.out(
    'systemctl stop ends the control plane alone. HAProxy and the replicas go on serving: systemctl status lists ' +
      'them below CGroup, also when it says inactive, and the next start adopts them.',
  );
}
