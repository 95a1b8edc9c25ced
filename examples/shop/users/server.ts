// Who buys here. The people are made from two lists, so every replica knows the same ones without a database.
import { Refusal, serve } from '../shared/serve.ts';

const FIRST = ['Ada', 'Alan', 'Edsger', 'Frances', 'Grace', 'Hedy', 'Katherine', 'Ken'];
const LAST = ['Baker', 'Cooper', 'Fisher', 'Mason', 'Smith'];

const users = LAST.flatMap((last, block) =>
  FIRST.map((first, place) => ({
    id: block * FIRST.length + place + 1,
    name: `${first} ${last}`,
    email: `${first}.${last}@example.org`.toLowerCase(),
  })),
);

serve({
  'GET /health': () => ({ ok: true }),
  'GET /users': () => users,
  'GET /users/:id': ({ params }) => {
    const user = users.find(({ id }) => id === Number(params['id']));
    if (!user) throw new Refusal(404, `no user ${params['id']}`);
    return user;
  },
});
