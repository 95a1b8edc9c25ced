-- A bound on what may be begun: `most` at once, and as many again every `seconds`. By the clock and not by counting who
-- is done, since HAProxy drops a program whose client has gone there and then.

local function new(most, seconds, now_ms)
  local left = most
  local filled_at = now_ms()
  return function(cost)
    local now = now_ms()
    left = math.min(most, left + (now - filled_at) * most / (seconds * 1000))
    filled_at = now
    if left < cost then return false end
    left = left - cost
    return true
  end
end

return { new = new }
