-- RSASSA-PSS (RFC 8017, 8.1.2) as JWS uses it: the same hash throughout, a salt as long as the hash. HAProxy 2.6 has none.
--
-- Numbers are lists of limbs of 30 bits, the least first: two products of limbs and what is carried fit a Lua integer.

local LIMB_BITS = 30
local MASK = (1 << LIMB_BITS) - 1

-- Big-endian bytes → `size` limbs.
local function limbs(bytes, size)
  local number, pending, bits = {}, 0, 0
  for at = #bytes, 1, -1 do
    pending = pending | (bytes:byte(at) << bits)
    bits = bits + 8
    if bits >= LIMB_BITS then
      number[#number + 1] = pending & MASK
      pending = pending >> LIMB_BITS
      bits = bits - LIMB_BITS
    end
  end
  number[#number + 1] = pending
  for index = #number + 1, size do number[index] = 0 end
  return number
end

local function bytes_of(number, length)
  local parts, pending, bits = {}, 0, 0
  for _, limb in ipairs(number) do
    pending = pending | (limb << bits)
    bits = bits + LIMB_BITS
    while bits >= 8 do
      parts[#parts + 1] = string.char(pending & 0xFF)
      pending = pending >> 8
      bits = bits - 8
    end
  end
  return table.concat(parts):sub(1, length):reverse()
end

local function is_below(a, b)
  for index = #b, 1, -1 do
    if a[index] ~= b[index] then return a[index] < b[index] end
  end
  return false
end

local function subtract(a, b)
  local borrow = 0
  for index = 1, #b do
    local difference = a[index] - b[index] - borrow
    a[index] = difference & MASK
    borrow = difference < 0 and 1 or 0
  end
end

-- a · b · 2^-(30 · size) mod n, by Montgomery.
local function multiply(a, b, key)
  local n, size, inverse = key.limbs, key.size, key.inverse
  local sum = {}
  for index = 1, size do sum[index] = 0 end
  local top = 0
  for i = 1, size do
    local digit = a[i]
    local low = sum[1] + digit * b[1]
    local factor = ((low & MASK) * inverse) & MASK
    local carry = (low + factor * n[1]) >> LIMB_BITS
    for j = 2, size do
      local step = sum[j] + digit * b[j] + factor * n[j] + carry
      sum[j - 1] = step & MASK
      carry = step >> LIMB_BITS
    end
    top = top + carry
    sum[size] = top & MASK
    top = top >> LIMB_BITS
  end
  if top > 0 or not is_below(sum, n) then subtract(sum, n) end
  return sum
end

-- `square` is 2^(60 · size) mod n, which takes a number into Montgomery's form.
local function power(base, key)
  local factor = multiply(base, key.square, key)
  local result = factor
  local bit = 31
  while key.exponent >> bit == 0 do bit = bit - 1 end
  for lower = bit - 1, 0, -1 do
    result = multiply(result, result, key)
    if (key.exponent >> lower) & 1 == 1 then result = multiply(result, factor, key) end
  end
  return multiply(result, limbs('\1', key.size), key)
end

local function from_hex(text)
  return (text:gsub('%x%x', function(pair) return string.char(tonumber(pair, 16)) end))
end

-- A key out of big-endian hexadecimal text: the modulus, and what `power` needs beside it.
local function new_key(modulus, square, exponent)
  local bytes = from_hex(modulus)
  local size = #bytes * 8 // LIMB_BITS + 1
  local number = limbs(bytes, size)
  local inverse = 1
  for _ = 1, 5 do inverse = (inverse * (2 - number[1] * inverse)) & MASK end
  local bits = #bytes * 8
  local first = bytes:byte(1)
  while first < 128 do
    first = first << 1
    bits = bits - 1
  end
  return {
    bits = bits,
    length = #bytes,
    size = size,
    limbs = number,
    inverse = (-inverse) & MASK,
    square = limbs(from_hex(square), size),
    exponent = exponent,
  }
end

local function xor(a, b)
  local bytes = {}
  for index = 1, #a do bytes[index] = string.char(a:byte(index) ~ b:byte(index)) end
  return table.concat(bytes)
end

local function mask_of(seed, length, hash)
  local parts = {}
  for counter = 0, (length - 1) // #seed do parts[#parts + 1] = hash(seed .. string.pack('>I4', counter)) end
  return table.concat(parts):sub(1, length)
end

-- Whether `signature` is the key's over `message`; `hash` gives the bytes of a digest.
local function verify(message, signature, key, hash)
  if #signature ~= key.length then return false end
  local number = limbs(signature, key.size)
  if not is_below(number, key.limbs) then return false end
  local encoded = bytes_of(power(number, key), key.length)
  local length = (key.bits + 6) // 8
  if length < key.length then
    if encoded:byte(1) ~= 0 then return false end
    encoded = encoded:sub(2)
  end

  local digest = hash(message)
  if length < 2 * #digest + 2 or encoded:byte(-1) ~= 0xBC then return false end
  local masked = encoded:sub(1, length - #digest - 1)
  local seed = encoded:sub(length - #digest, -2)
  local unused = 8 * length - (key.bits - 1)
  if masked:byte(1) >> (8 - unused) ~= 0 then return false end
  local block = xor(masked, mask_of(seed, #masked, hash))
  block = string.char(block:byte(1) & (0xFF >> unused)) .. block:sub(2)
  local padding = #block - #digest - 1
  if block:sub(1, padding + 1) ~= ('\0'):rep(padding) .. '\1' then return false end
  return hash(('\0'):rep(8) .. digest .. block:sub(padding + 2)) == seed
end

return { new_key = new_key, verify = verify }
