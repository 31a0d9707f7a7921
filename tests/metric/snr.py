"""Signal-to-noise ratio by NumPy: 10 log10(sum r^2 / sum (x - r)^2)."""
import numpy as np


def measure(x, reference):
    return 10 * np.log10((reference ** 2).sum() / ((x - reference) ** 2).sum())


CASES = [dict()]
