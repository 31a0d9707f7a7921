-- ln.noise.chain and ln.augment.chain: several one after another.
local core = require "lunet.core"
local docs = require "lunet.docs"
local errors = require "lunet.errors"
local options = require "lunet.options"

-- kind: "noise" or "augment"; make: what makes the item of a list.
local function chain_of(kind, make, page)
  page.name = kind .. ".chain"
  core[kind].chain = docs.add(function(list)
    if type(list) ~= "table" then
      errors.raise("%s.chain: expected a list of items, got %s", kind, options.text(list))
    end
    return errors.within("", make, list)
  end, page)
end

chain_of("noise", core.noise_chain, {
  usage = "ln.noise.chain(list: noise[]) -> noise",
  doc = "Noises one after another: the second corrupts what the first one gives. Each has its own options; each draws "
    .. "numbers of its own, also where seeds are equal. Chains among them give their links.",
  errors = "An entry that is no noise; none, or more than 64.",
  example = [[
local noise = ln.noise.chain{ ln.noise.poisson_gaussian{ peak = 50 },
  ln.noise.masking{ 0.05 } }
noise(clean)]],
})

chain_of("augment", core.augment_chain, {
  usage = "ln.augment.chain(list: augmentation[]) -> augmentation",
  doc = "Augmentations one after another. Each draws numbers of its own, also where seeds are equal.",
  errors = "An entry that is no augmentation; none, or more than 64.",
  example = [[
local augment = ln.augment.chain{ ln.augment.crop{ 24 }, ln.augment.flip{},
  ln.augment.rot90{} }
augment(clean).shape]],
})
