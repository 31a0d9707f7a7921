-- Directed graphs with a place for each edge, and the circles in them: for the checks beside this file.
local Graph = {}
Graph.__index = Graph

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

-- legal: edges that may close a circle, { { from =, to =, why = }, ... }; they are left out.
local function new(legal)
  return setmetatable({ edges = {}, legal = legal or {}, used = {} }, Graph)
end

-- place: where the edge comes from, e.g. "runtime/base/file.c:7"; the first one counts.
function Graph:add(from, to, place)
  if from == to then return end
  for i, edge in ipairs(self.legal) do
    if edge.from == from and edge.to == to then
      self.used[i] = true
      return
    end
  end
  self.edges[from] = self.edges[from] or {}
  self.edges[to] = self.edges[to] or {}
  self.edges[from][to] = self.edges[from][to] or place
end

-- f(from, to, place) for each edge, in the order of the names.
function Graph:each(f)
  for _, from in ipairs(sorted_keys(self.edges)) do
    for _, to in ipairs(sorted_keys(self.edges[from])) do f(from, to, self.edges[from][to]) end
  end
end

-- A circle that can be reached from a node, as a list that ends where it begins; nil if there is none. state: true for
-- nodes on the way here, false for those that lead to no circle.
function Graph:circle_from(node, state, way)
  way[#way + 1] = node
  if state[node] then
    local first = 1
    while way[first] ~= node do first = first + 1 end
    return table.move(way, first, #way, 1, {})
  elseif state[node] == nil then
    state[node] = true
    for _, to in ipairs(sorted_keys(self.edges[node])) do
      local circle = self:circle_from(to, state, way)
      if circle then return circle end
    end
    state[node] = false
  end
  way[#way] = nil
end

-- A line for every circle, "place: a circle of <what>: a -> b -> a". Each is cut open where it closes, so that the next
-- one is found. Exceptions that nothing needs any more are told as well.
function Graph:circles(what)
  local found, state, nodes, i = {}, {}, sorted_keys(self.edges), 1
  while i <= #nodes do
    local circle = self:circle_from(nodes[i], state, {})
    if circle then
      local last = self.edges[circle[#circle - 1]]
      found[#found + 1] = ("%s: a circle of %s: %s"):format(last[circle[1]], what, table.concat(circle, " -> "))
      last[circle[1]] = nil
      state = {}
    else
      i = i + 1
    end
  end
  for k, edge in ipairs(self.legal) do
    if not self.used[k] then
      found[#found + 1] = ("the exception %s -> %s is not needed any more"):format(edge.from, edge.to)
    end
  end
  return found
end

return new
