import { element } from './elements.js';
import { scheduleText } from './queue-words.js';

/** One line for each schedule; hidden where there are none. */
export function createSchedules() {
  const list = element('ul', { class: 'lines', 'aria-label': 'Schedules' });
  let shown = '';
  return {
    node: list,
    update(schedules, now) {
      list.hidden = schedules.length === 0;
      const lines = schedules.map((schedule) => lineOf(schedule, now));
      const text = lines.map((line) => line.textContent).join('\n');
      if (text === shown) return;
      shown = text;
      list.replaceChildren(...lines);
    },
  };
}

// Private

function lineOf(schedule, now) {
  return element(
    'li',
    {},
    element('strong', {}, schedule.name),
    element('span', { class: 'quiet' }, scheduleText(schedule, now)),
  );
}
