import { element } from './elements.js';
import { databaseFacts, databaseTone } from './database-words.js';

/** One line for each database; hidden where there are none. */
export function createDatabases(node) {
  const list = element('ul', { class: 'lines' });
  node.append(element('header', { class: 'part-head' }, element('h2', {}, 'Databases')), list);
  let shown = '';
  return {
    update(databases) {
      node.hidden = databases.length === 0;
      const lines = databases.map(lineOf);
      const text = lines.map((line) => line.textContent).join('\n');
      if (text === shown) return;
      shown = text;
      list.replaceChildren(...lines);
    },
  };
}

// Private

function lineOf(database) {
  const { name, state, problem } = database;
  return element(
    'li',
    {},
    element('strong', {}, name),
    element('span', { class: `state ${databaseTone(database)}` }, state),
    element('span', { class: 'quiet' }, databaseFacts(database)),
    ...(problem === null ? [] : [element('span', { class: 'bad' }, problem)]),
  );
}
