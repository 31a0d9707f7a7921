-- Lua 5.4 and nothing else: no globals are set anywhere, and none is read but the standard ones.
std = "lua54"
max_line_length = 120
