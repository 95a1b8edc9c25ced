// Who are you? A name and a password become a token; the gateway verifies it, and no other service ever sees a password.
import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { SignJWT } from 'jose';
import { database } from '../shared/database.ts';
import { createServer, listen } from '../shared/server.ts';

interface Login {
  readonly user: string;
  readonly password: string;
  /** How long the token lasts; at most an hour, which is the default. */
  readonly seconds?: number;
}

const LOGIN_BODY = {
  type: 'object',
  required: ['user', 'password'],
  additionalProperties: false,
  properties: {
    user: { type: 'string', maxLength: 100 },
    password: { type: 'string', maxLength: 200 },
    seconds: { type: 'integer', minimum: 1, maximum: 3600 },
  },
};

const hash = promisify<string, Buffer, number, Buffer>(scrypt);
const secret = new TextEncoder().encode(process.env['JWT_SECRET']);
const app = createServer();

app.post<{ Body: Login }>('/login', { schema: { body: LOGIN_BODY } }, async ({ body }, reply) => {
  const { user, password, seconds = 3600 } = body;
  const { rows } = await database().query<{ salt: Buffer; hash: Buffer; scope: string }>(
    'select salt, hash, scope from users where name = $1',
    [user],
  );
  // Somebody unknown takes as long as a wrong password, so that nobody learns who is known.
  const [known = { salt: Buffer.alloc(16), hash: Buffer.alloc(32), scope: '' }] = rows;
  const given = await hash(password, known.salt, 32);
  if (!timingSafeEqual(given, known.hash) || rows.length === 0) {
    return reply.code(401).send({ detail: 'The name or the password is wrong.' });
  }
  const token = await new SignJWT({ scope: known.scope })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer('https://login.example.org')
    .setAudience('secure-api')
    .setSubject(user)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(secret);
  return { token, seconds };
});

await listen(app, () => database().query('select from users'));
