"""skimage.metrics.mean_squared_error."""
from skimage.metrics import mean_squared_error

measure = mean_squared_error
CASES = [dict()]
