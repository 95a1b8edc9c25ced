import { silentLog } from './kit/log.ts';
import { createLogFiles } from './process/log-file.ts';
import { prepareStateFolder } from './state/folder.ts';

/** Makes the project's state folder; where a control plane in the background leaves its last words. */
export function prepareProject(projectFolder: string): { readonly backgroundLog: string } {
  const backgroundLog = `${prepareStateFolder(projectFolder).logs}/background.log`;
  // Before anybody notes how long it is, to find there what is written from then on.
  createLogFiles(silentLog).check(backgroundLog);
  return { backgroundLog };
}
