import { element, setText } from './elements.js';
import { span } from './format.js';
import { read } from './session.js';

const SHOWN = 5;
/** So often at most. */
const ASK_EVERY_MS = 3000;

/** The newest tasks of one end, `failed` or `succeeded`; asked for anew when there are more of them. */
export function createEnded(title, state, wordsOf) {
  const list = element('ol', { class: 'decisions ended' });
  const node = element(
    'article',
    { class: 'card', 'aria-label': title, hidden: '' },
    element('section', {}, element('h3', {}, title), list),
  );
  let times = [];
  let known = null;
  let askedAt = 0;

  async function ask() {
    const answer = await read(`/api/v1/tasks?state=${state}&limit=${SHOWN}`);
    if (answer === null) return;
    node.hidden = answer.tasks.length === 0;
    const items = answer.tasks.map((task) => itemOf(task, wordsOf(task)));
    times = items.map(({ time }) => time);
    list.replaceChildren(...items.map(({ item }) => item));
    showTimes(times, Date.now());
  }

  return {
    node,
    update(queues, now) {
      showTimes(times, now);
      // One that was tried again and failed again is a failure more.
      const total = queues.reduce((sum, queue) => sum + queue[state], 0);
      if (total === known || now - askedAt < ASK_EVERY_MS) return;
      known = total;
      askedAt = now;
      ask().catch(() => {
        known = null;
      });
    },
  };
}

// Private

function itemOf({ id, queue, finishedAt }, words) {
  const time = element('time', { class: 'quiet', datetime: finishedAt });
  const what = element('span', { class: 'what' }, `${queue} `, element('code', {}, id));
  return { time, item: element('li', {}, time, what, element('span', { class: 'why' }, words)) };
}

function showTimes(times, now) {
  for (const time of times) setText(time, `${span(now - Date.parse(time.dateTime))} ago`);
}
