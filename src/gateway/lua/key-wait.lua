-- Waits for a key that a token names and nobody knows. Keys of an address may have been rotated: the control plane is asked
-- to look again, once in half a minute, and those who come meanwhile wait for what it finds. The map says of a key set when
-- it was looked at for that reason last, in seconds since the epoch, or in a worker that leaves `moved`.

local folder = debug.getinfo(1, 'S').source:match('^@(.*)/')
local allowance = dofile(folder .. '/allowance.lua')

-- The address has 3 s to answer; the rest is for the reload, which takes long where the machine is busy.
local PATIENCE_MS = 8000
local STEP_MS = 20
local FRESH_S = 30
local MOST_WAITING = 500

local function now_ms()
  local now = core.now()
  return now.sec * 1000 + now.usec // 1000
end

local looked_at = Map.new(folder .. '/keys.map', Map._str)
local may_wait = allowance.new(MOST_WAITING, PATIENCE_MS / 1000, now_ms)
local told_at = {}

-- Again every second: whoever should hear it may have been away.
local function tell(name, now)
  if now - (told_at[name] or -1000) < 1000 then return end
  told_at[name] = now
  core.Debug('{"key":"' .. name .. '"}')
end

-- Until when nobody waits, because nobody answered; all threads know.
local function in_vain(name)
  return 'proc.in_vain_until.' .. name:gsub('-', '.')
end

-- Whether the request has to be handed over to the next worker, which has other keys; else the key is not there.
local function wait(txn, name, now_s)
  local seen = looked_at:lookup(name)
  if seen == 'moved' then return true end
  local since = now_s - (tonumber(seen) or 0)
  local came_at = now_ms()
  if not seen or (since >= 0 and since < FRESH_S) then return false end
  if now_s < (txn:get_var(in_vain(name)) or 0) or not may_wait(1) then return false end
  repeat
    tell(name, now_ms())
    core.msleep(STEP_MS)
    local is = looked_at:lookup(name)
    if is == 'moved' then return true end
    if is ~= seen then return false end
  until now_ms() - came_at >= PATIENCE_MS
  txn:set_var(in_vain(name), now_s + FRESH_S)
  return false
end

return { wait = wait }
