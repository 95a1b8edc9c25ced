import type { TaskBooks } from '../../tasks/books.ts';
import type { ControlPlane } from '../control.ts';

/** The calls of the books there are at that moment. `books` throws TidegateError NO_TASKS where there are none. */
export function askBooks(books: () => TaskBooks): ControlPlane['tasks'] {
  return {
    send: async (task) => books().send(task),
    show: async (id) => books().show(id),
    list: async (filter) => books().list(filter),
    retry: async (id) => books().retry(id),
    cancel: async (id) => books().cancel(id),
  };
}
