import { createEnded } from './ended.js';
import { element, setText } from './elements.js';
import { createQueueCard } from './queue-card.js';
import { aloneOn, failureOf, resultOf } from './queue-words.js';
import { createSchedules } from './schedules.js';

/** The queues in one place of the page, and in another what lately came of their tasks; hidden where there are no queues. */
export function createTasks(node, below) {
  const url = element('p', { class: 'quiet' });
  const problem = element('p', { class: 'banner bad', role: 'status', hidden: '' });
  const grid = element('div', { class: 'services' });
  const failed = createEnded('Newest failures', 'failed', failureOf);
  const results = createEnded('Newest results', 'succeeded', resultOf);
  const schedules = createSchedules();
  const cards = new Map();
  let known = [];
  node.append(
    element('header', { class: 'part-head' }, element('h2', {}, 'Queues'), url),
    problem,
    grid,
    schedules.node,
  );
  below.append(failed.node, results.node);

  return {
    /** What waited for a service before the page was there. */
    begin(service, history) {
      for (const queue of known)
        if (aloneOn(queue, known) === service) cards.get(queue.name)?.begin(history);
    },
    update(tasks, now) {
      known = tasks.queues;
      node.hidden = tasks.queues.length === 0;
      below.hidden = node.hidden;
      if (node.hidden) return;
      setText(url, tasks.url ?? '');
      problem.hidden = tasks.problem === null;
      setText(problem, tasks.problem ?? '');
      for (const [name, card] of cards) {
        if (tasks.queues.some((queue) => queue.name === name)) continue;
        card.node.remove();
        cards.delete(name);
      }
      for (const queue of tasks.queues) {
        const card = cards.get(queue.name) ?? createQueueCard(queue.name);
        if (!cards.has(queue.name)) grid.append(card.node);
        cards.set(queue.name, card);
        card.update(queue, now);
      }
      schedules.update(tasks.schedules, now);
      failed.update(tasks.queues, now);
      results.update(tasks.queues, now);
    },
  };
}
