-- Says how long a public answer may be kept, names it by its content where its service has not, and answers 304 where
-- the caller already holds what would be sent.
-- The request is seen before it is transcoded, the answer after it.
local NOTES = "souk.cache"

function envoy_on_request(handle)
  local headers, notes = handle:headers(), handle:streamInfo():dynamicMetadata()
  local held = headers:get("if-none-match")
  if held ~= nil then
    notes:set(NOTES, "held", held)
  end
  if headers:get("authorization") ~= nil then
    notes:set(NOTES, "personal", true)
  end
end

local function opaque(etag)
  return (etag:gsub("^W/", ""))
end

local function holds(held, etag)
  if held == "*" then
    return true
  end
  for each in held:gmatch("[^,%s]+") do
    if opaque(each) == opaque(etag) then
      return true
    end
  end
  return false
end

-- Two sums of the bytes and their count. It tells the versions of one answer apart; it is no defence against forgery.
-- Made here because a header sent apart from the answer costs the service a sixth of a call.
local function name_of(text)
  local first, second = 0, 0
  for position = 1, #text do
    local byte = text:byte(position)
    first = bit.tobit(first * 31 + byte)
    second = bit.tobit(second * 65599 + byte)
  end
  return string.format('W/"%x-%s%s"', #text, bit.tohex(first), bit.tohex(second))
end

local function is_rest(headers)
  local content_type = headers:get("content-type")
  return content_type ~= nil and content_type:sub(1, 16) ~= "application/grpc"
end

function envoy_on_response(handle)
  local headers, rules = handle:headers(), handle:metadata()
  local control = rules:get("cache_control")
  if control == nil or headers:get(":status") ~= "200" or not is_rest(headers) then
    return
  end
  local notes = handle:streamInfo():dynamicMetadata():get(NOTES) or {}
  if not notes["personal"] then
    headers:replace("cache-control", control)
  end
  local vary = rules:get("vary")
  if vary ~= nil then
    headers:add("vary", vary)
  end
  local etag = headers:get("etag")
  if etag == nil and not notes["personal"] then
    local body = handle:body(true)
    etag = name_of(body:getBytes(0, body:length()))
    -- What was got before waiting for the body is no longer valid.
    headers = handle:headers()
    headers:add("etag", etag)
  end
  if etag ~= nil and notes["held"] ~= nil and holds(notes["held"], etag) then
    headers:replace(":status", "304")
    headers:remove("content-type")
    headers:remove("content-length")
    handle:body(true):setBytes("")
  end
end
