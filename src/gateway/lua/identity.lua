-- Looks at the tokens that the table of verified ones does not hold. Everything a token says is checked here but, where
-- HAProxy can do it, the signature: `txn.key` is the number of the key that has to verify it (0: the secret in
-- `txn.secret`), with `txn.algorithm`. Nothing is allowed here: who is not verified in the end is refused, also where this
-- program fails. `txn.key` is therefore set last.
--
-- Beside that it sets `txn.challenge`, the answer to who is refused; `txn.lacks`, the same for who lacks a scope; the claims
-- that are carried on, `txn.claim.NAME`; and `txn.good_until`, until when the token may be remembered. An even time says that
-- HAProxy's own reader finds the same claims in it as the one here: then it does not come here again. An odd one says that
-- it does not, so the token comes here for its claims, and is not verified again.

local folder = debug.getinfo(1, 'S').source:match('^@(.*)/')
local tokens = dofile(folder .. '/token.lua')
local pss = dofile(folder .. '/rsa-pss.lua')
local allowance = dofile(folder .. '/allowance.lua')

local function read_rules()
  local file = assert(io.open(folder .. '/identity.json'))
  local text = file:read('a')
  file:close()
  return tokens.json.plain(assert(tokens.json.parse(text, math.huge)))
end

-- `txn.identity`; 1 is who brought a token that HAProxy itself remembers.
local VERIFIED, READ = 2, 3

local rules = read_rules()
local key_wait = rules.mayWait and dofile(folder .. '/key-wait.lua')

local function from_hex(text)
  return (text:gsub('%x%x', function(pair) return string.char(tonumber(pair, 16)) end))
end

for _, set in pairs(rules.jwt) do
  for _, key in ipairs(set.keys) do
    if key.secret then key.secret = from_hex(key.secret) end
    if key.modulus then key.pss = pss.new_key(key.modulus, key.square, key.exponent) end
  end
end

local function contains(list, wanted)
  for _, each in ipairs(list) do
    if each == wanted then return true end
  end
  return false
end

local function challenge(name, mistake, description, scopes)
  local parts = { 'Bearer realm="' .. name .. '"' }
  if mistake then parts[#parts + 1] = 'error="' .. mistake .. '", error_description="' .. description .. '"' end
  if scopes and #scopes > 0 then parts[#parts + 1] = 'scope="' .. table.concat(scopes, ' ') .. '"' end
  return table.concat(parts, ', ')
end

-- The one Authorization header there may be. Nil without a second value: there is none.
local function bearer(txn)
  local count = txn.f:req_fhdr_cnt('authorization')
  if count == 0 then return nil end
  if count > 1 then return nil, 'There is more than one Authorization header.' end
  local scheme, rest = (txn.f:req_fhdr('authorization') or ''):match('^([^ ]+)(.*)$')
  if not scheme or scheme:lower() ~= 'bearer' then return nil end
  local text = rest:match('^ +([^ ]+)$')
  -- HAProxy reads the header a second time, to verify the signature.
  if not text or txn.f:http_auth_bearer() ~= text then return nil, 'The token is malformed.' end
  return text
end

-- The keys that may have signed it: those of the name it gives, and those without a name.
local function keys_for(token, set)
  local named, nameless = {}, {}
  for _, key in ipairs(set.keys) do
    if contains(key.algorithms, token.algorithm) then
      if token.key_id == nil or key.id == token.key_id then
        named[#named + 1] = key
      elseif key.id == nil then
        nameless[#nameless + 1] = key
      end
    end
  end
  return #named > 0 and named or nameless
end

local function now_ms()
  local now = core.now()
  return now.sec * 1000 + now.usec // 1000
end

-- A verification of 2048 bits takes some 8 ms of Lua: at most half of a thread's time, whoever sends what. Others are served
-- in between, for HAProxy interrupts a program that takes long.
local VERIFIED_A_SECOND = 60
local PATIENCE_MS = 4000
local may_verify = allowance.new(VERIFIED_A_SECOND, 1, now_ms)

-- No more wait for their turn than will have it: each looks 50 times a second, and thousands of them would take all the
-- time that others are to have.
local may_wait = allowance.new(VERIFIED_A_SECOND * PATIENCE_MS // 1000, PATIENCE_MS / 1000, now_ms)

-- Whether the signature is valid; nil: too many were to be verified.
local function verified_here(txn, token, key)
  if #token.signature ~= key.pss.length then return false end
  local cost = (key.pss.bits / 2048) ^ 2
  local came_at = now_ms()
  if not may_verify(cost) then
    if not may_wait(cost) then return nil end
    repeat
      if now_ms() - came_at >= PATIENCE_MS then return nil end
      core.msleep(20)
    until may_verify(cost)
  end
  local bits = tonumber(token.algorithm:sub(3))
  return pss.verify(token.input, token.signature, key.pss, function(bytes) return txn.c:sha2(bytes, bits) end)
end

-- What of a token is carried on; nil: a claim cannot be.
local function carried_claims(claims, set)
  local carried = {}
  for _, name in ipairs(set.claims) do
    local value = tokens.header_value(claims[name])
    if value == false and contains(set.forward, name) then return nil end
    carried[name] = value or nil
  end
  return carried
end

local function carry(txn, claims)
  for name, value in pairs(claims) do txn:set_var('txn.claim.' .. name, value) end
end

local function is_read_the_same(txn, text, set, carried)
  for _, name in ipairs(set.claims) do
    if txn.c:jwt_payload_query(text, '$.' .. name) ~= carried[name] then return false end
  end
  return true
end

-- Claims of tokens that come here again and again: of the last few hundred, in two halves.
local recent, before, recent_count = {}, {}, 0

local function claims_again(txn, text, set, name)
  local key = name .. ' ' .. text
  local known = recent[key] or before[key]
  if not known then
    local token = tokens.read(text, txn.c)
    known = token and carried_claims(token.claims, set)
  end
  if known and not recent[key] then
    if recent_count >= 300 then recent, before, recent_count = {}, recent, 0 end
    recent[key] = known
    recent_count = recent_count + 1
  end
  return known
end

local function identify(txn, number)
  local policy = rules.policies[tonumber(number)]
  local set = rules.jwt[policy.jwt]
  local function refuse(why)
    txn:set_var('txn.challenge', challenge(policy.jwt, why and 'invalid_token', why))
  end

  local text, why = bearer(txn)
  if not text then return refuse(why) end
  local now = txn.f:date()
  if (txn:get_var('txn.remembered') or 0) > now then
    local known = claims_again(txn, text, set, policy.jwt)
    if not known then return refuse('The token is malformed.') end
    carry(txn, known)
    txn:set_var('txn.identity', READ)
    return
  end

  local token, wrong = tokens.read(text, txn.c)
  if not token then return refuse(wrong) end
  if not contains(set.algorithms, token.algorithm) then return refuse('The algorithm is not accepted.') end
  local until_s, untimely = tokens.good_until(token.claims, set, now)
  if not until_s then return refuse(untimely) end
  local carried = carried_claims(token.claims, set)
  if not carried then return refuse('A claim cannot be carried in a header.') end

  local keys = keys_for(token, set)
  if #keys == 0 and set.mayGrow and key_wait.wait(txn, policy.jwt, now) then
    txn:set_var('txn.moved', 1)
    return
  end
  if #keys == 0 then return refuse('The key is not known.') end
  if #keys > 1 then return refuse('The token does not say which key signed it.') end
  local key = keys[1]

  refuse('The signature is not valid.')
  local is_enough, lack = tokens.satisfies(token.claims, policy)
  if is_enough then
    local even = math.min(until_s, 0xFFFFFFFE) & ~1
    txn:set_var('txn.good_until', is_read_the_same(txn, text, set, carried) and even or even - 1)
  else
    txn:set_var('txn.lacks', challenge(policy.jwt, 'insufficient_scope', lack, policy.scopes))
  end
  carry(txn, carried)

  if token.algorithm:sub(1, 2) == 'PS' then
    local is_valid = key.pss and verified_here(txn, token, key)
    if is_valid == nil then return refuse('Too many tokens are being verified.') end
    if is_valid then txn:set_var('txn.identity', VERIFIED) end
    return
  end
  txn:set_var('txn.algorithm', token.algorithm)
  if key.secret then txn:set_var('txn.secret', key.secret) end
  txn:set_var('txn.key', key.number)
end

core.register_action('tidegate-identity', { 'http-req' }, identify, 1)
