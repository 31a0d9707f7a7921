-- Colours of text for the terminal: eight that differ from each other and show on black and on white.
local paint = {}

local of_16 = { 94, 33, 32, 35, 31, 36, 95, 90 }
local of_256 = { 33, 208, 34, 135, 136, 37, 199, 244 }

-- The text in a colour, from 1; as it is where there are no colours. colours: how many there are.
function paint.text(text, colour, colours)
  if not colour or colours == 0 or text == "" then return text end
  local i = (colour - 1) % #of_16 + 1
  if colours >= 256 then return ("\27[38;5;%dm%s\27[0m"):format(of_256[i], text) end
  return ("\27[%dm%s\27[0m"):format(of_16[i], text)
end

function paint.bold(text, colours)
  return colours == 0 and text or "\27[1m" .. text .. "\27[0m"
end

return paint
