-- Answers 304 where the caller already holds what the service would send, and says how long an answer may be kept.
-- The request is seen before it is transcoded, the answer after it.
function envoy_on_request(handle)
  local held = handle:headers():get("if-none-match")
  if held ~= nil then
    handle:streamInfo():dynamicMetadata():set("souk.etag", "held", held)
  end
end

local function strong(etag)
  return (etag:gsub('^W/', ''))
end

local function holds(held, etag)
  if held == "*" then
    return true
  end
  for each in held:gmatch('[^,%s]+') do
    if strong(each) == strong(etag) then
      return true
    end
  end
  return false
end

function envoy_on_response(handle)
  local control = handle:metadata():get("cache_control")
  if control == nil or handle:headers():get(":status") ~= "200" then
    return
  end
  local headers = handle:headers()
  local content_type = headers:get("content-type")
  if content_type ~= nil and content_type:sub(1, 16) == "application/grpc" then
    return
  end
  headers:replace("cache-control", control)
  local vary = handle:metadata():get("vary")
  if vary ~= nil then
    headers:add("vary", vary)
  end
  local etag = headers:get("etag")
  local known = handle:streamInfo():dynamicMetadata():get("souk.etag")
  if etag ~= nil and known ~= nil and holds(known["held"], etag) then
    headers:replace(":status", "304")
    headers:remove("content-type")
    headers:remove("content-length")
    handle:body(true):setBytes("")
  end
end
