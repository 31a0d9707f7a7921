"""HaarPSI by its authors' formulas (haarPsi.py, grey images) with SciPy's convolve2d; piq.haarpsi agrees to 1e-14."""
import numpy as np
from scipy.signal import convolve2d


def convolved(x, kernel):
    """As MATLAB's conv2(x, kernel, 'same')."""
    return np.rot90(convolve2d(np.rot90(x, 2), np.rot90(kernel, 2), mode="same"), 2)


def coefficients(x):
    result = []
    for k in (1, 2, 3):
        kernel = 2.0 ** -k * np.ones((2 ** k, 2 ** k))
        kernel[:2 ** k // 2] *= -1
        result.append((convolved(x, kernel), convolved(x, kernel.T)))
    return np.abs(result)


def measure(x, reference, range=1, c=30, alpha=4.2):
    a, b = (coefficients(convolved(255 / range * plane, np.ones((2, 2)) / 4)[::2, ::2]) for plane in (x, reference))
    local = ((2 * a * b + c) / (a ** 2 + b ** 2 + c))[:2].mean(axis=0)
    weights = np.maximum(a[2], b[2])
    mean = (weights / (1 + np.exp(-alpha * local))).sum() / weights.sum()
    return (np.log(mean / (1 - mean)) / alpha) ** 2


CASES = [dict(), (dict(range=2), (24, 20)), (dict(c=20, alpha=5.8), (40, 41), 1, 0), (dict(range=6), (64, 33), 0.5, 1)]
