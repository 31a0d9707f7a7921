std = "lua54"
max_line_length = 120
ignore = { "581" } -- not (x <= y): also refuses NaN, which x > y would let pass
