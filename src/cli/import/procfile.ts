import type { Draft, DraftService, Lose } from './draft.ts';
import { scaleFor } from './amounts.ts';
import { portRemark, withoutOwnPort } from './own-port.ts';

/** A Procfile: one `name: command` a line. The last line of a name counts, as in foreman. */
export function readProcfile(text: string, lose: Lose): Draft {
  const services = new Map<string, DraftService>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, command] = /^\s*([A-Za-z0-9_-]+)\s*:\s*(\S.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || command === undefined) {
      lose(`line ${index + 1}`, 'is no line such as `web: node server.js`');
      continue;
    }
    if (name === 'release') {
      lose(
        name,
        'is no service: it runs once before a deploy; run it yourself before `tidegate up`',
      );
      continue;
    }
    if (services.delete(name)) lose(name, `stands there twice; line ${index + 1} was taken`);
    services.set(name, serviceOf(name, command, lose));
  }
  return { services: [...services.values()] };
}

// Private

function serviceOf(name: string, command: string, lose: Lose): DraftService {
  const isWeb = name === 'web';
  const { scale, remark } = scaleFor(1);
  const { config, port } = withoutOwnPort({ command }, name, lose);
  return {
    at: name,
    name,
    // Programs of a Procfile are made to run side by side, but only of `web` it is seen when more are needed.
    config: { ...config, ...(isWeb ? {} : { scale }) },
    isPublic: isWeb || port !== null,
    publicPort: null,
    remarks: [...(isWeb ? [] : [remark]), ...(port === null ? [] : [portRemark(port)])],
  };
}
