// What was bought: three orders for each of the forty users, the same in every replica.
import { Refusal, serve } from '../shared/serve.ts';

const GOODS = [
  { article: 'kettle', cents: 3490 },
  { article: 'lamp', cents: 5900 },
  { article: 'notebook', cents: 450 },
  { article: 'umbrella', cents: 2150 },
  { article: 'teapot', cents: 2800 },
] as const;

const USERS = 40;

const orders = Array.from({ length: 3 * USERS }, (_, index) => {
  const goods = GOODS[index % GOODS.length] ?? GOODS[0];
  const quantity = (index % 4) + 1;
  return {
    id: index + 1,
    user: (index % USERS) + 1,
    article: goods.article,
    quantity,
    cents: goods.cents * quantity,
  };
});

serve({
  'GET /health': () => ({ ok: true }),
  'GET /orders': ({ query }) => {
    const user = query.get('user');
    return user === null ? orders : orders.filter((order) => order.user === Number(user));
  },
  'GET /orders/:id': ({ params }) => {
    const order = orders.find(({ id }) => id === Number(params['id']));
    if (!order) throw new Refusal(404, `no order ${params['id']}`);
    return order;
  },
});
