-- Reads a JSON Web Token (RFC 7519, in the compact form of RFC 7515) and says what its claims amount to. What is not
-- exactly as it should be is refused; whoever refuses says so in words that hold nothing of the token.

local folder = debug.getinfo(1, 'S').source:match('^@(.*)/')
local json = dofile(folder .. '/strict-json.lua')

local LONGEST = 8192
local LONGEST_HEADER_VALUE = 512

-- Lengths of signatures that do not depend on the key.
local SIGNATURE_BYTES = { HS256 = 32, HS384 = 48, HS512 = 64, ES256 = 64, ES384 = 96, ES512 = 132 }

-- Bytes of base64url without padding; nil where another text would give the same bytes.
local function decoded(text, convert)
  if not text:find('^[A-Za-z0-9_-]+$') then return nil end
  local bytes = convert:ub64dec(text)
  if not bytes or convert:ub64enc(bytes) ~= text then return nil end
  return bytes
end

local function object_of(text, convert)
  local bytes = decoded(text, convert)
  local node = bytes and json.parse(bytes)
  return node and node.kind == 'object' and node.value
end

-- A token out of what stands behind `Bearer`: { header, claims, input, signature }, or nil and why not.
local function read(text, convert)
  if #text > LONGEST then return nil, 'The token is too long.' end
  local first, second, third = text:match('^([^.]+)%.([^.]+)%.([^.]+)$')
  if not first then return nil, 'The token does not have three parts.' end
  local header, claims, signature = object_of(first, convert), object_of(second, convert), decoded(third, convert)
  if not header or not claims or not signature then return nil, 'The token is malformed.' end
  -- Extensions that have to be understood, and none is.
  if header.crit or header.b64 then return nil, 'The token asks for an extension.' end
  if not header.alg or header.alg.kind ~= 'string' then return nil, 'The token names no algorithm.' end
  if header.kid and header.kid.kind ~= 'string' then return nil, 'The token is malformed.' end
  local bytes = SIGNATURE_BYTES[header.alg.value]
  if bytes and bytes ~= #signature then return nil, 'The signature is not valid.' end
  return {
    algorithm = header.alg.value,
    key_id = header.kid and header.kid.value,
    claims = claims,
    input = first .. '.' .. second,
    signature = signature,
  }
end

-- Seconds since the epoch: a whole number, as every issuer writes them.
local function seconds(node)
  if node.kind ~= 'number' or not node.value:find('^-?%d+$') or #node.value > 15 then return nil end
  return math.tointeger(tonumber(node.value))
end

local function audience_fits(node, audiences)
  if #audiences == 0 then return true end
  if not node then return false end
  local named = node.kind == 'array' and node.value or { node }
  local fits = false
  for _, each in ipairs(named) do
    if each.kind ~= 'string' then return false end
    for _, wanted in ipairs(audiences) do fits = fits or each.value == wanted end
  end
  return fits
end

-- Until when a token is good, in seconds since the epoch; or nil and why it is not good now.
local function good_until(claims, rules, now)
  local skew = rules.skewSeconds
  if not claims.exp then return nil, 'The token does not say when it expires.' end
  local times = {}
  for _, name in ipairs({ 'exp', 'nbf', 'iat' }) do
    if claims[name] then
      times[name] = seconds(claims[name])
      if not times[name] then return nil, 'A time of the token is no whole number.' end
    end
  end
  if now >= times.exp + skew then return nil, 'The token has expired.' end
  if times.nbf and now < times.nbf - skew then return nil, 'The token is not valid yet.' end
  if times.iat and now < times.iat - skew then return nil, 'The token was issued in the future.' end
  if rules.issuer and not (claims.iss and claims.iss.kind == 'string' and claims.iss.value == rules.issuer) then
    return nil, 'The token is of another issuer.'
  end
  if not audience_fits(claims.aud, rules.audiences) then return nil, 'The token is for another audience.' end
  return times.exp + skew
end

-- Text, a number, true or false as text; nil for all else.
local function scalar(node)
  if node.kind == 'boolean' then return tostring(node.value) end
  if node.kind == 'string' or node.kind == 'number' then return node.value end
  return nil
end

local function has_one_of(node, values)
  if not node then return false end
  local given = node.kind == 'array' and node.value or { node }
  for _, each in ipairs(given) do
    local text = scalar(each)
    for _, wanted in ipairs(values) do
      if text == wanted then return true end
    end
  end
  return false
end

-- `scope` holds words between single spaces (RFC 8693, 4.2), `scp` the same or a list.
local function scopes_of(claims)
  local held = {}
  for _, name in ipairs({ 'scope', 'scp' }) do
    local node = claims[name]
    if node and node.kind == 'string' then
      for word in node.value:gmatch('[^ ]+') do held[word] = true end
    elseif node and node.kind == 'array' then
      for _, each in ipairs(node.value) do
        if each.kind == 'string' then held[each.value] = true end
      end
    end
  end
  return held
end

-- Whether the claims have all that a route asks for; else what is missing, in words.
local function satisfies(claims, policy)
  local held = scopes_of(claims)
  for _, wanted in ipairs(policy.scopes) do
    if not held[wanted] then return false, 'The token lacks a scope.' end
  end
  for name, values in pairs(policy.claims) do
    if not has_one_of(claims[name], values) then return false, 'The token lacks a claim.' end
  end
  return true
end

-- A claim as the value of a header, lists and objects as JSON; nil: there is nothing to carry. False: it cannot be one
-- line, or would not arrive as it is.
local function header_value(node)
  if not node or node.kind == 'null' then return nil end
  local text = scalar(node) or node.raw
  if text == '' then return nil end
  if #text > LONGEST_HEADER_VALUE or text:find('%c') or text:find('\xC2[\x80-\x9F]') then return false end
  if text:find('^ ') or text:find(' $') then return false end
  return text
end

return { read = read, good_until = good_until, satisfies = satisfies, header_value = header_value, json = json }
