"""Prints the known numbers of tests/tensor/reduce.c: NumPy's, computed in float64."""
import numpy as np

from formula import formula, numbers

x = formula((3, 4, 5), 1, -1, 2).astype(np.float64)
print("all", ", ".join("%.15g" % v for v in [x.sum(), x.mean(), x.var(), x.std(), x.min(), x.max(), x.argmin() + 1, x.argmax() + 1]))
print("sum_1", numbers(x.sum(1)))
print("mean_0", numbers(x.mean(0)))
print("std_2", numbers(x.std(2)))
print("var_0", numbers(x.var(0)))
print("min_1", numbers(x.min(1)))
print("argmax_2", numbers(x.argmax(2) + 1))
print("argmin_0", numbers(x.argmin(0) + 1))
