-- What ln.browse does; loaded by its first call.
local Browsed = require "lunet.browsed"
local capabilities = require "lunet.capabilities"
local errors = require "lunet.errors"
local keyboard = require "lunet.keyboard"
local options = require "lunet.options"
local view = require "lunet.browse_view"

local far = math.maxinteger // 2
local steps = { up = -1, k = -1, down = 1, j = 1, ["page up"] = -10, ["page down"] = 10, home = -far, ["end"] = far }
local pages = { left = -1, h = -1, right = 1, l = 1, space = 1 }
local modes = { m = "maps", w = "weights", s = "statistics" }

local function on_key(browsed, key)
  if steps[key] then browsed:select(browsed.selected + steps[key])
  elseif pages[key] then browsed:turn(pages[key])
  elseif modes[key] then browsed:look_at(modes[key])
  elseif key == "e" then browsed.each = not browsed.each
  elseif key == "n" then browsed:choose_image(browsed.image + 1)
  elseif key == "p" then browsed:choose_image(browsed.image - 1)
  end
end

local leaving = { q = true, Q = true, escape = true, ["end of input"] = true }
local often = 0.25 -- seconds between two looks at the size of the window

local function go(keys, browsed)
  local columns, rows, key
  repeat
    local now_columns, now_rows = capabilities.columns(), capabilities.rows()
    local resized = now_columns ~= columns or now_rows ~= rows
    if resized then browsed.page, browsed.offset = nil, 0 end
    if resized or key then
      io.stdout:write(view.text(browsed, resized))
      io.stdout:flush()
    end
    columns, rows, key = now_columns, now_rows, keys:read(often)
    if key then on_key(browsed, key) end
  until leaving[key]
end

return function(net, x, ...)
  if not options.is_network(net) then errors.raise("browse: expected a network, got %s", options.text(net)) end
  if select("#", ...) > 0 then errors.raise("browse: takes a network and images, and no more") end
  local browsed = Browsed.new(net, x)
  if not capabilities.is_terminal(0) or not capabilities.is_terminal(1) or capabilities.is_dumb() then
    print(browsed.net:summary())
    print("(browse shows layers, maps and weights where there is a terminal that can move its cursor)")
    return
  end
  local enter, leave = "\27[?1049h\27[?25l", "\27[0m\27[?25h\27[?1049l"
  if capabilities.pictures() == "kitty" then leave = view.without_pictures .. leave end
  keyboard.control(enter, leave, function(keys) go(keys, browsed) end)
end
