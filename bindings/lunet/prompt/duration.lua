-- Seconds as text: "12.3 ms", "2.3 s".
return function(seconds)
  if seconds < 1e-6 then return ("%.0f ns"):format(seconds * 1e9) end
  if seconds < 1e-3 then return ("%.3g us"):format(seconds * 1e6) end
  if seconds < 1 then return ("%.3g ms"):format(seconds * 1e3) end
  return (seconds < 100 and "%.1f s" or "%.0f s"):format(seconds)
end
