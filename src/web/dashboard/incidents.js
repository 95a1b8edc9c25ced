import { element } from './elements.js';
import { span } from './format.js';

const SHOWN = 5;

/** What happened lately to a service or the gateway, the newest first; nothing is shown where nothing happened. */
export function createIncidents(title = 'What happened') {
  const list = element('ol', { class: 'decisions' });
  const node = element('section', { hidden: '' }, element('h3', {}, title), list);
  return {
    node,
    show(incidents, now) {
      node.hidden = incidents.length === 0;
      list.replaceChildren(...incidents.slice(0, SHOWN).map((each) => itemOf(each, now)));
    },
  };
}

// Private

function itemOf({ at, message }, now) {
  return element(
    'li',
    {},
    element('time', { class: 'quiet', datetime: at }, `${span(now - Date.parse(at))} ago`),
    element('span', {}, message),
  );
}
