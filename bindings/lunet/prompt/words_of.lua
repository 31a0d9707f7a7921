-- A line's words, as the shell splits them: separated by spaces, with "..." or '...' around what has some.
return function(line)
  local words, word, at = {}, nil, 1
  while at <= #line do
    local c = line:sub(at, at)
    if c == '"' or c == "'" then
      local close = line:find(c, at + 1, true)
      if not close then error(("the quote %s is not closed"):format(c), 0) end
      word, at = (word or "") .. line:sub(at + 1, close - 1), close
    elseif c:find("%s") then
      words[#words + 1], word = word, nil
    else
      word = (word or "") .. c
    end
    at = at + 1
  end
  words[#words + 1] = word
  return words
end
