-- A network as the prompt shows it, and net:print: what it is and its layers, as many as there is room for.
local summary = require "lunet.summary"

-- Layers as code, of a network that has no shapes yet.
local function unbuilt_text(net, most)
  local out, layers = { tostring(net) }, net:layers()
  local hidden = most and math.max(#layers - math.max(most, 4), 0) or 0
  local first, widest = (#layers - hidden + 1) // 2, 0
  for _, layer in ipairs(layers) do widest = math.max(widest, #layer.name) end
  for i, layer in ipairs(layers) do
    if i <= first or i > first + hidden then
      out[#out + 1] = ("  %s  %s"):format(layer.name .. (" "):rep(widest - #layer.name), tostring(layer.item))
    elseif i == first + 1 then
      out[#out + 1] = ("  ... %d more"):format(hidden)
    end
  end
  return table.concat(out, "\n"), hidden > 0
end

-- The text in about so many lines and in so many columns; nil: all of it.
local function text(net, lines, columns)
  local shown, elided
  if net.input_shape then
    elided = lines and #net:layers() > math.max(lines - 8, 4)
    shown = ("%s\n%s"):format(tostring(net):match("^[^,]+, [^,]+"), summary(net):text(lines and lines - 8, columns))
  else
    shown, elided = unbuilt_text(net, lines and lines - 3)
  end
  return elided and shown .. "\nnet:print{ all = true } shows all layers" or shown
end

return text
