-- Numbers as users give them to ln.plot, checked and as rows: tensors of one dimension, or lists.
local errors = require "lunet.errors"
local figure = require "lunet.figure"
local long_series = require "lunet.long_series"
local options = require "lunet.options"
local shapes = require "lunet.shapes"

local plot_numbers = {}

local most_rows = 8 -- lines of one tensor

function plot_numbers.is_plain_table(value)
  return type(value) == "table" and debug.getmetatable(value) == nil
end

function plot_numbers.is_list(value)
  return plot_numbers.is_plain_table(value) and type(value[1]) == "number"
end

-- Is it a list of numbers, or a tensor?
function plot_numbers.are_numbers(value)
  return options.is_tensor(value) or plot_numbers.is_list(value)
end

local function without_ones(t)
  local shape = {}
  for _, size in ipairs(t.shape) do
    if size ~= 1 then shape[#shape + 1] = size end
  end
  if #shape == 0 then shape[1] = 1 end
  return t:reshape(shape)
end

local function rows_of_tensor(what, t)
  local flat, rows = without_ones(t), {}
  if #flat.shape == 1 then return { flat } end
  if #flat.shape > 2 then
    errors.raise("%s: a tensor to draw as lines has one dimension, or two, each row being a line; got one of shape %s "
      .. "(kind = 'histogram' takes any shape)", what, shapes.text(t.shape))
  elseif flat.shape[1] > most_rows then
    errors.raise("%s: a tensor of shape %s has %d rows, but at most %d are drawn as lines: choose some, "
      .. "t:narrow(1, 1, %d), or look at all with ln.show", what, shapes.text(t.shape), flat.shape[1], most_rows,
      most_rows)
  end
  for i = 1, flat.shape[1] do rows[i] = flat[i] end
  return rows
end

-- A list of numbers, checked; a long one as a tensor, which is faster.
local function row_of_list(what, list)
  return #list > long_series.enough and long_series.tensor(list) or figure.numbers(what, list)
end

-- The rows of a tensor, of a list of numbers, of a list of those, or a number. what, key: what messages begin with.
function plot_numbers.rows(what, key, value)
  if type(value) == "number" then return { { value } } end
  if options.is_tensor(value) then return rows_of_tensor(what, value) end
  what = ("%s: %s"):format(what, key)
  if type(value[1]) ~= "table" and not options.is_tensor(value[1]) then return { row_of_list(what, value) } end
  local rows = {}
  for i, row in ipairs(value) do
    local where = ("%s: row %d"):format(what, i)
    rows[i] = options.is_tensor(row) and rows_of_tensor(where, row)[1] or row_of_list(where, row)
  end
  return rows
end

-- What stands beside y: one row of the same length; nil if there is none.
function plot_numbers.row_beside(what, key, value, y)
  if value == nil then return nil end
  local rows = plot_numbers.rows(what, key, value)
  if #rows > 1 then errors.raise("%s: %s must have one dimension, as y", what, key) end
  if #rows[1] ~= #y then errors.raise("%s: %s has %d numbers, but y has %d", what, key, #rows[1], #y) end
  return rows[1]
end

return plot_numbers
