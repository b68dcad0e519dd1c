-- Refuses a JSON body that names a field which its message does not have, or names one twice: the transcoder would
-- drop the one and take the last of the other without a word. `TYPES` is generated before this text.
-- What is no JSON at all is left to the transcoder, which says where.
local QUOTE, COMMA, COLON = 34, 44, 58
local OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT = 91, 93, 123, 125
local DEEPEST, LONGEST_NAME = 100, 80

local value

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

local function unescaped(name)
  if not name:find("\\", 1, true) then
    return name
  end
  return (name:gsub("\\u00(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end):gsub("\\(.)", "%1"))
end

-- The string that begins at `at`, and where it ends.
local function quoted(text, at)
  local from = at + 1
  at = from
  while true do
    at = text:find('["\\]', at)
    if at == nil then
      error("malformed")
    end
    if text:byte(at) == QUOTE then
      return text:sub(from, at - 1), at + 1
    end
    at = at + 2
  end
end

local function expect(text, at, byte)
  at = skip(text, at)
  if text:byte(at) ~= byte then
    error("malformed")
  end
  return skip(text, at + 1)
end

local function refuse(what, path)
  error({ message = what .. " '" .. path .. "' in the body." })
end

local function object(text, at, fields, path, depth)
  local seen = {}
  at = skip(text, at + 1)
  if text:byte(at) == CLOSE_OBJECT then
    return at + 1
  end
  while true do
    if text:byte(at) ~= QUOTE then
      error("malformed")
    end
    local name
    name, at = quoted(text, at)
    name = unescaped(name)
    local here = (path == "" and "" or path .. ".") .. name:sub(1, LONGEST_NAME)
    local kind = fields and (fields[name] or fields["*"])
    if fields and kind == nil then
      refuse("There is no field", here)
    end
    if seen[name] then
      refuse("There is more than one field", here)
    end
    seen[name] = true
    at = value(text, expect(text, at, COLON), TYPES[kind], here, depth + 1)
    at = skip(text, at)
    local byte = text:byte(at)
    if byte == CLOSE_OBJECT then
      return at + 1
    elseif byte ~= COMMA then
      error("malformed")
    end
    at = skip(text, at + 1)
  end
end

local function list(text, at, fields, path, depth)
  local index = 0
  at = skip(text, at + 1)
  if text:byte(at) == CLOSE_LIST then
    return at + 1
  end
  while true do
    at = skip(text, value(text, at, fields, path .. "[" .. index .. "]", depth + 1))
    local byte = text:byte(at)
    if byte == CLOSE_LIST then
      return at + 1
    elseif byte ~= COMMA then
      error("malformed")
    end
    at = skip(text, at + 1)
    index = index + 1
  end
end

function value(text, at, fields, path, depth)
  if depth > DEEPEST then
    error("malformed")
  end
  local byte = text:byte(at)
  if byte == OPEN_OBJECT then
    return object(text, at, fields, path, depth)
  elseif byte == OPEN_LIST then
    return list(text, at, fields, path, depth)
  elseif byte == QUOTE then
    local _, after = quoted(text, at)
    return after
  end
  return text:find("[,%]}%s]", at) or #text + 1
end

function envoy_on_request(handle)
  local kind = handle:metadata():get("type")
  if kind == nil then
    return
  end
  local body = handle:body()
  if body == nil or body:length() == 0 then
    return
  end
  local text = body:getBytes(0, body:length())
  local fine, fault = pcall(value, text, skip(text, 1), TYPES[kind], "", 0)
  if not fine and type(fault) == "table" then
    handle:respond({ [":status"] = "400" }, fault.message)
  end
end
