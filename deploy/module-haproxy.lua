-- Asks Gatehouse who sends a request, for module-haproxy.cfg.

local check = (os.getenv('CHECK') or '127.0.0.1:8099')
local identity = { 'user', 'name', 'email', 'profile', 'groups', 'session' }
-- Nothing of the browser but these, beside the cookies.
local passed = { 'accept', 'accept-language', 'sec-fetch-mode', 'sec-fetch-user' }

-- Lines of one header, which begin with 0.
local function joined(lines, between)
  local all = {}
  local i = 0
  while lines ~= nil and lines[i] ~= nil do
    all[#all + 1] = lines[i]
    i = i + 1
  end
  return #all > 0 and table.concat(all, between) or nil
end

-- Nobody but Gatehouse may have our cookies.
local function without_ours(cookies)
  local kept = {}
  for cookie in cookies:gmatch('[^;]+') do
    local trimmed = cookie:match('^%s*(.-)%s*$')
    if trimmed ~= '' and trimmed:find('__Host-gatehouse-', 1, true) == nil then
      kept[#kept + 1] = trimmed
    end
  end
  return table.concat(kept, '; ')
end

core.register_action('gatehouse', { 'http-req' }, function(txn, module)
  txn:set_var('txn.gatehouse_status', 503)
  local headers = txn.http:req_get_headers()
  local asked = {
    ['x-forwarded-host'] = { module },
    ['x-forwarded-proto'] = { 'https' },
    ['x-forwarded-for'] = { txn.f:src() },
    ['x-forwarded-method'] = { txn.f:method() },
    ['x-forwarded-uri'] = { txn.f:pathq() },
  }
  for _, name in ipairs(passed) do
    local value = joined(headers[name], ', ')
    if value ~= nil then asked[name] = { value } end
  end
  local cookies = joined(headers['cookie'], '; ')
  if cookies ~= nil then asked['cookie'] = { cookies } end

  local answer = core.httpclient():get({ url = 'http://' .. check .. '/forward-auth/haproxy', headers = asked, timeout = 6000 })
  if answer == nil or answer.status == nil then return end
  local answered = answer.headers or {}
  if answer.status == 401 or answer.status == 403 then
    txn:set_var('txn.gatehouse_location', joined(answered['location'], '') or '')
    txn:set_var('txn.gatehouse_status', answer.status)
  elseif answer.status == 200 then
    -- Each of them, always: what is left out here could come from the browser.
    for _, name in ipairs(identity) do
      txn.http:req_set_header('gatehouse-' .. name, joined(answered['gatehouse-' .. name], ',') or '')
    end
    if cookies ~= nil then
      txn.http:req_del_header('cookie')
      local rest = without_ours(cookies)
      if rest ~= '' then txn.http:req_set_header('cookie', rest) end
    end
    txn:set_var('txn.gatehouse_status', 200)
  end
end, 1)
