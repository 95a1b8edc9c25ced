-- JSON as RFC 8259 has it and nothing besides: no member twice, no lone surrogate, no bytes that are not UTF-8. Where two
-- readers could understand a text differently, it is refused.
--
-- `parse(text, most)` of at most so many values (1,000) returns a node, or nil and what is wrong. A node is { kind, value, raw }: `kind` is object, array, string,
-- number, boolean or null; `value` a table of nodes by name or in order, the text of a string or a number, or true or
-- false; `raw` the text it was read from.

local DEEPEST = 16
local MOST_NODES = 1000

local ESCAPED = { ['"'] = '"', ['\\'] = '\\', ['/'] = '/', b = '\b', f = '\f', n = '\n', r = '\r', t = '\t' }

local function fail(what)
  error({ json = what }, 0)
end

local value

local function blanks(at, text)
  return text:find('[^ \t\n\r]', at) or #text + 1
end

local function code_unit(at, text)
  local digits = text:match('^\\u(%x%x%x%x)', at)
  return digits and tonumber(digits, 16)
end

-- The character of `\uXXXX` at `at`, and where the text goes on.
local function escaped_character(at, text)
  local unit = code_unit(at, text) or fail('a bad escape')
  if unit < 0xD800 or unit > 0xDFFF then return utf8.char(unit), at + 6 end
  local low = unit < 0xDC00 and code_unit(at + 6, text)
  if not low or low < 0xDC00 or low > 0xDFFF then fail('half a character') end
  return utf8.char(0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)), at + 12
end

local function string_at(at, text)
  local parts = {}
  at = at + 1
  while true do
    local stop = text:find('["\\%c]', at) or fail('a text without end')
    parts[#parts + 1] = text:sub(at, stop - 1)
    local found = text:sub(stop, stop)
    if found == '"' then return table.concat(parts), stop + 1 end
    if found ~= '\\' then
      -- DEL is a control character to Lua and none to JSON.
      if found ~= '\127' then fail('a control character') end
      parts[#parts + 1] = found
      at = stop + 1
    else
      local simple = ESCAPED[text:sub(stop + 1, stop + 1)]
      if simple then
        parts[#parts + 1] = simple
        at = stop + 2
      else
        parts[#parts + 1], at = escaped_character(stop, text)
      end
    end
  end
end

-- Reads what stands between two brackets; `item` reads one of them.
local function listed(at, text, close, item)
  at = blanks(at + 1, text)
  if text:sub(at, at) == close then return at + 1 end
  while true do
    at = blanks(item(at), text)
    local mark = text:sub(at, at)
    if mark == close then return at + 1 end
    if mark ~= ',' then fail('a missing comma') end
    at = blanks(at + 1, text)
  end
end

local function object_at(at, text, state)
  local members = {}
  local after = listed(at, text, '}', function(start)
    if text:sub(start, start) ~= '"' then fail('a member without a name') end
    local name, colon = string_at(start, text)
    colon = blanks(colon, text)
    if text:sub(colon, colon) ~= ':' then fail('a missing colon') end
    if members[name] then fail('a member twice') end
    local node, rest = value(blanks(colon + 1, text), text, state)
    members[name] = node
    return rest
  end)
  return members, after
end

local function array_at(at, text, state)
  local items = {}
  local after = listed(at, text, ']', function(start)
    local node, rest = value(start, text, state)
    items[#items + 1] = node
    return rest
  end)
  return items, after
end

local function number_at(at, text)
  local whole = text:match('^-?0', at) or text:match('^-?[1-9]%d*', at) or fail('something else than a value')
  local fraction = text:match('^%.%d+', at + #whole) or ''
  local exponent = text:match('^[eE][+-]?%d+', at + #whole + #fraction) or ''
  local number = whole .. fraction .. exponent
  return number, at + #number
end

local WORDS = { t = { 'true', 'boolean', true }, f = { 'false', 'boolean', false }, n = { 'null', 'null' } }

local function word_at(at, text)
  local word = WORDS[text:sub(at, at)]
  if not word or text:sub(at, at + #word[1] - 1) ~= word[1] then return nil end
  return word[2], word[3], at + #word[1]
end

function value(at, text, state)
  state.nodes = state.nodes + 1
  if state.nodes > state.most then fail('too much') end
  local first = text:sub(at, at)
  local kind, content, after
  if first == '{' or first == '[' then
    state.depth = state.depth + 1
    if state.depth > DEEPEST then fail('too deep') end
    if first == '{' then
      kind, content, after = 'object', object_at(at, text, state)
    else
      kind, content, after = 'array', array_at(at, text, state)
    end
    state.depth = state.depth - 1
  elseif first == '"' then
    kind, content, after = 'string', string_at(at, text)
  else
    kind, content, after = word_at(at, text)
    if not kind then
      kind, content, after = 'number', number_at(at, text)
    end
  end
  return { kind = kind, value = content, raw = text:sub(at, after - 1) }, after
end

-- `utf8.len` of Lua 5.3 lets surrogates pass.
local function is_utf8(text)
  return utf8.len(text) ~= nil and not text:find('\xED[\xA0-\xBF]')
end

local function parse(text, most)
  if not is_utf8(text) then return nil, 'not UTF-8' end
  local done, node = pcall(function()
    local node, after = value(blanks(1, text), text, { nodes = 0, most = most or MOST_NODES, depth = 0 })
    if blanks(after, text) <= #text then fail('more than one value') end
    return node
  end)
  if done then return node end
  return nil, type(node) == 'table' and node.json or tostring(node)
end

-- A node as plain tables and values; null is nil.
local function plain(node)
  if node.kind == 'number' then return tonumber(node.value) end
  if type(node.value) ~= 'table' then return node.value end
  local all = {}
  for key, inner in pairs(node.value) do all[key] = plain(inner) end
  return all
end

return { parse = parse, plain = plain }
