// A counter and a login, kept as STORE says: in this process (memory), in Redis (CACHE_URL), or signed in the caller's hand
// (token). POST /count; POST /login?user=NAME sets a cookie; GET /me answers who one is, or 401.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const { PORT, HOST, STORE = '', SECRET = '', CACHE_URL } = process.env;

function inMemory() {
  const users = new Map();
  let counted = 0;
  return {
    count: () => ++counted,
    keep(user) {
      const id = randomUUID();
      users.set(id, user);
      return id;
    },
    find: (id) => users.get(id) ?? null,
  };
}

async function inRedis() {
  const { createClient } = await import('redis');
  const redis = createClient({ url: CACHE_URL });
  redis.on('error', (error) => console.error(error.message));
  await redis.connect();
  return {
    count: () => redis.incr('counted'),
    async keep(user) {
      const id = randomUUID();
      await redis.set(`session:${id}`, user);
      return id;
    },
    find: (id) => redis.get(`session:${id}`),
  };
}

/** A JWT (HS256): every process that knows the secret can tell who it is, and none has to remember. */
function inToken() {
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = (text) => createHmac('sha256', SECRET).update(text).digest();
  return {
    count: () => null,
    keep(user) {
      const text = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ sub: user })}`;
      return `${text}.${signed(text).toString('base64url')}`;
    },
    find(token) {
      const [head, claims = '', signature = ''] = token.split('.');
      const [told, ours] = [Buffer.from(signature, 'base64url'), signed(`${head}.${claims}`)];
      if (told.length !== ours.length || !timingSafeEqual(told, ours)) return null;
      return JSON.parse(Buffer.from(claims, 'base64url').toString()).sub;
    },
  };
}

const stores = { memory: inMemory, redis: inRedis, token: inToken };
const store = await stores[STORE]();

async function answerTo(request, response) {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/count') return { count: await store.count() };
  if (pathname === '/login') {
    const session = await store.keep(searchParams.get('user'));
    response.setHeader('set-cookie', `session=${session}; Path=/; HttpOnly`);
  }
  if (pathname === '/me') {
    const session = /(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    const user = session === undefined ? null : await store.find(session);
    if (user === null) response.statusCode = 401;
    return { user };
  }
  return {};
}

async function answer(request, response) {
  request.resume();
  try {
    const told = await answerTo(request, response);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...told, pid: process.pid }));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

createServer((request, response) => void answer(request, response)).listen(Number(PORT), HOST);
