-- Holds requests of services that sleep. The map says of a service `awake`, `asleep`, `refusing:N` or, in a worker that
-- leaves, `moved`. HAProxy 2.6 has nothing by which a waiter could be woken, so each looks again and again, the more of
-- them the more seldom. It is asked only where the map does not say `awake`: who serves never pays for it.
--
-- Every thread has a state of its own. `core.now` never goes back, whatever the machine's clock does.
--
-- `txn.waits` is set while a request waits and at no other time: a request that leaves with it is one whose client has
-- gone, for HAProxy drops the program there and then. An error of the program itself leaves nothing set, and the request
-- goes its ordinary way: to the service when it is up, to a 503 when nobody is there.
--
-- The demand goes to the log as `debug`, the one level that HAProxy does not print to its terminal as well.

local folder = debug.getinfo(1, 'S').source:match('^@(.*)/')
local states = Map.new(folder .. '/sleep.map', Map._str)
local told_at = {}

local function now_ms()
  local now = core.now()
  return now.sec * 1000 + now.usec // 1000
end

-- Once for many that come together, and again every second: whoever should hear it may have been away.
local function tell(service, now, is_new)
  local since = now - (told_at[service] or 0)
  if since >= 1000 or (is_new and since >= 100) then
    told_at[service] = now
    core.Debug('{"demand":"' .. service .. '"}')
  end
end

-- How many wait shows in how often they look: 2 ms apart for up to 40 of them, 50 ms from 1,000 on.
local step_ms = 2
local looks = 0
local counted_from = 0

local function next_step(now)
  looks = looks + 1
  local passed = now - counted_from
  if passed >= 100 or looks >= 1000 then
    local waiting = looks * step_ms // math.max(passed, 1)
    step_ms = math.min(math.max(waiting // 20, 2), 50)
    looks = 0
    counted_from = now
  end
  return step_ms
end

local function hold(txn, service, hold_ms)
  local came_at = now_ms()
  local last_at = came_at + tonumber(hold_ms)
  local now = came_at
  while true do
    local state = states:lookup(service) or 'awake'
    if state == 'awake' then return end
    if state == 'moved' then
      txn:set_var('txn.moved', 1)
      return
    end
    local seconds = string.match(state, '^refusing:(%d+)$') or (now >= last_at and '1')
    if seconds then
      txn:set_var('txn.refused', tonumber(seconds))
      return
    end
    tell(service, now, now == came_at)
    txn:set_var('txn.waits', 1)
    core.msleep(next_step(now))
    txn:unset_var('txn.waits')
    now = now_ms()
  end
end

core.register_action('tidegate-hold', { 'http-req' }, hold, 2)
