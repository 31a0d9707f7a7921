-- ln.browse: a network on the screen, layer by layer, with keys.
local docs = require "lunet.docs"

local page = {
  name = "browse",
  usage = "ln.browse(net: network, x?: tensor|tensor[]|set)",
  doc = "Look into a network, on a terminal: its layers, what they give for images x (a phantom where there are none), "
    .. "what they have learnt, and numbers about both. Keys: up and down (j, k) choose a layer; left and right (h, l) "
    .. "page through channels; m shows maps, w weights, s statistics; e gives each map colours of its own range; n "
    .. "and p choose the image; q or Ctrl-C leaves. Elsewhere it prints the network's summary.",
  errors = "A network that is not built, without images; images that do not fit.",
  example = "ln.browse(net)\nln.browse(net, noisy)",
}

return docs.add(function(...)
  return require "lunet.browsing"(...)
end, page)
