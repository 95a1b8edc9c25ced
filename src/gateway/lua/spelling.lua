-- Whether a path means to every service what it means to the gateway. Services decode `%61` and `%2f`, drop what follows `;`
-- in a segment or altogether, take `%3f` for the beginning of the query, `//` for `/`, a slash at the end for none, capital
-- letters for small ones: some do, some do not. A path is let through where each of these readings belongs to the same
-- routes as the path itself. Segments `.` and `..`, backslashes and characters that are none are let through in no reading.
--
-- The gateway asks for few paths, those in which one of these stands, and refuses what has `txn.odd` then. That is taken
-- away from what may go on and nothing else: where this program fails the request is refused. The same in TypeScript, for `explain route`: render/spelling.ts.

local folder = debug.getinfo(1, 'S').source:match('^@(.*)/')
local MOST_READINGS = 64
-- Of all readings together: what a request may cost is bounded before anybody has counted it.
local MOST_BYTES = 65536

local function decode(text)
  return (text:gsub('%%(%x%x)', function(pair) return string.char(tonumber(pair, 16)) end))
end

local steps = {
  decode,
  function(text) return (text:gsub(';[^/]*', '')) end,
  function(text) return (text:gsub('[;?#].*$', '')) end,
  function(text) return (text:gsub('//+', '/')) end,
  function(text) return (text:gsub('(.)/$', '%1')) end,
  function(text) return (text:gsub('%u', string.lower)) end,
}

-- Every text that some of the steps make of it, in whatever order; nil: too many, or too long.
local function readings(text)
  local list, seen = { text }, { [text] = true }
  local at, bytes = 1, #text
  while list[at] do
    for _, step in ipairs(steps) do
      local other = step(list[at])
      if not seen[other] then
        bytes = bytes + #other
        if #list == MOST_READINGS or bytes > MOST_BYTES then return nil end
        seen[other] = true
        list[#list + 1] = other
      end
    end
    at = at + 1
  end
  return list
end

local function split(text)
  local segments = {}
  for segment in (text .. '/'):gmatch('([^/]*)/') do segments[#segments + 1] = segment end
  return segments
end

-- A segment that is one blank stands for any that is not empty.
local function matches(pattern, segments)
  local wanted = pattern.segments
  if #segments < #wanted or (#segments > #wanted and not pattern.below) then return false end
  for at, segment in ipairs(wanted) do
    if segment == ' ' then
      if segments[at] == '' then return false end
    elseif segment ~= segments[at] then
      return false
    end
  end
  return true
end

local patterns = {}
for line in io.lines(folder .. '/paths.map') do
  local below, text = line:match('^%S+ (%a+):(.*)$')
  local forms = {}
  for _, form in ipairs(assert(readings(text))) do
    forms[#forms + 1] = { below = below == 'below', segments = split(form) }
  end
  patterns[#patterns + 1] = forms
end

local function matches_some(forms, segments)
  for _, form in ipairs(forms) do
    if matches(form, segments) then return true end
  end
  return false
end

local function is_sound(reading)
  if reading:find('[%c\\]') then return false end
  return not (reading .. '/'):find('/%.%.?/')
end

local function is_plain(path)
  -- What is no escape, and what hides a character below 128 in a longer one.
  if decode(path:gsub('%%%x%x', '')):find('%', 1, true) then return false end
  local bytes = decode(path)
  if bytes:find('[\xc0\xc1]') or bytes:find('\xe0[\x80-\x9f]') or bytes:find('\xf0[\x80-\x8f]') then return false end
  local all = readings(path)
  if not all then return false end
  local own = split(path)
  for _, reading in ipairs(all) do
    if not is_sound(reading) then return false end
    local segments = split(reading)
    for _, forms in ipairs(patterns) do
      if matches(forms[1], own) ~= matches_some(forms, segments) then return false end
    end
  end
  return true
end

core.register_action('tidegate-spelling', { 'http-req' }, function(txn)
  if is_plain(txn.f:path()) then txn:unset_var('txn.odd') end
end)
