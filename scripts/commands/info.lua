-- Tell about lunet and this machine, a model, tensors, an image or a volume.
local ln = require "lunet"
local args = require "lunet.args"
local errors = require "lunet.errors"

local spec = {
  name = "info",
  doc = "Without a file: versions, threads, instruction set and libraries. With a model file: its layers, parameters "
    .. "and the record that was saved with it. With a file of tensors: their names, shapes and the range of their "
    .. "values. With an image or a NIfTI volume: its shape and the range of its values.",
  options = { { "file", "string", value = "FILE", positional = 1,
    help = "model (.safetensors), tensors (.npy, .npz, .safetensors), image or volume" } },
}

local function about_lunet()
  print(("lunet %s, %s"):format(ln.version, _VERSION))
  print(("threads          %d"):format(ln.threads()))
  print(("instruction set  %s, of %s"):format(ln.isa(), table.concat(ln.isas(), ", ")))
  print(("libraries        %s"):format(ln.libraries()))
end

local function about_tensors(path)
  local tensors = ln.load_tensors(path)
  if type(tensors) == "table" then
    local names = {}
    for name in pairs(tensors) do names[#names + 1] = name end
    table.sort(names)
    for _, name in ipairs(names) do print(name, (tostring(tensors[name]):match("[^\n]*$"))) end
  else
    print((tostring(tensors):match("[^\n]*$")))
  end
end

-- Or about tensors, if that is what the file holds: ln.load says so.
local function about_model(path)
  local ok, net, record = errors.try(ln.load, path)
  if not ok and net:find("ln.load_tensors", 1, true) then return about_tensors(path) end
  if not ok then error(net, 0) end
  print(net:summary())
  print(record and "record: " .. record or "no record was saved with it")
end

local function about_values(x)
  print(("values from %.4g to %.4g, mean %.4g"):format(x:min(), x:max(), x:mean()))
end

local function about_image(path)
  local x = ln.image.read(path, { gray = false })
  print(("image of %dx%d pixels, height and width, %d channel%s"):format(x.shape[2], x.shape[3], x.shape[1],
    x.shape[1] == 1 and "" or "s"))
  about_values(x)
end

-- All axial slices as they are: one for each z, as high as y and as wide as x.
local function about_volume(path)
  local slices = ln.data.nifti{ path, plane = "axial", size = 0, min_fill = 0 }.images
  print(("volume of %dx%dx%d voxels: left to right, back to front, foot to head"):format(slices.shape[4],
    slices.shape[3], slices.shape[1]))
  print("scaled by ln.data.nifti, which makes 0 of what is below and 1 of the largest:")
  about_values(slices)
end

-- A safetensors file is the length of its header, 8 bytes, and then the header, JSON.
local function is_model(path)
  if path:find("%.safetensors$") or path:find("%.np[yz]$") then return true end
  if select(2, ln.file.exists(path)) ~= "file" then return false end -- opening a pipe would wait for its other end
  local file = io.open(path, "rb")
  local head = file and file:read(9)
  if file then file:close() end
  return head ~= nil and #head == 9 and head:sub(9) == "{"
end

local function is_volume(path)
  local name = path:lower():gsub("%.gz$", "")
  return name:find("%.nii$") or name:find("%.hdr$") or name:find("%.img$")
end

args.main("info", function(...)
  local path = args.parse({ ... }, spec).file
  if not path then
    about_lunet()
  elseif is_model(path) then
    about_model(path)
  elseif is_volume(path) then
    about_volume(path)
  else
    about_image(path)
  end
end, ...)
