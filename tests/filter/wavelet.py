"""skimage.restoration.denoise_wavelet, cycle_spin; sureshrink and all shifts: NumPy on PyWavelets' transforms.

What scikit-image has not is computed here by its definition: Donoho's and Johnstone's hybrid of SURE and the universal
threshold, and the mean over all shifts, one by one, of a periodic transform of the image, reflected far enough beyond
its edges that the period does not reach it.
"""
import warnings

import numpy as np
import pywt
from skimage.restoration import cycle_spin, denoise_wavelet

SKIMAGE_METHODS = {"bayesshrink": "BayesShrink", "visushrink": "VisuShrink"}


def sure_threshold(details, sigma):
    sizes = np.abs(details.ravel()) / sigma
    d = sizes.size
    universal = np.sqrt(2 * np.log(d))
    if (sizes ** 2).mean() - 1 <= np.log2(d) ** 1.5 / np.sqrt(d):
        return sigma * universal
    candidates = np.concatenate([[0], sizes[sizes <= universal]])
    risks = [d - 2 * (sizes <= t).sum() * (t > 0) + (np.minimum(sizes, t) ** 2).sum() for t in candidates]
    return sigma * candidates[np.argmin(risks)]


def sure_shrink(x, sigma, wavelet, levels):
    levels = levels or max(pywt.dwtn_max_level(x.shape, wavelet) - 3, 1)
    coefficients = pywt.wavedec2(x, wavelet, level=levels)
    for i in range(1, levels + 1):
        coefficients[i] = tuple(pywt.threshold(d, sure_threshold(d, sigma), "soft") for d in coefficients[i])
    return pywt.waverec2(coefficients, wavelet)[:x.shape[0], :x.shape[1]]


def all_shifts(x, sigma, wavelet, levels, mode):
    """Visushrink."""
    levels = levels or max(pywt.dwtn_max_level(x.shape, wavelet) - 3, 1)
    threshold, period = sigma * np.sqrt(2 * np.log(x.size)), 2 ** levels
    reach = (pywt.Wavelet(wavelet).rec_len - 1) * (period - 1)
    padded = np.pad(x, [(reach, reach + (-(n + 2 * reach)) % period) for n in x.shape], "symmetric")
    total = 0
    for shift in np.ndindex(period, period):
        coefficients = pywt.wavedec2(np.roll(padded, shift, (0, 1)), wavelet, "periodization", levels)
        coefficients[1:] = [tuple(pywt.threshold(d, threshold, mode) for d in level) for level in coefficients[1:]]
        total += np.roll(pywt.waverec2(coefficients, wavelet, "periodization"), [-s for s in shift], (0, 1))
    return (total / period ** 2)[reach:reach + x.shape[0], reach:reach + x.shape[1]]


def apply(x, sigma=0.1, wavelet="db2", levels=None, method="bayesshrink", mode="soft", cycle_spinning=0):
    warnings.simplefilter("ignore")  # levels at which all coefficients feel the edges
    if method == "sureshrink":
        return sure_shrink(x, sigma, wavelet, levels)
    if cycle_spinning == "full":
        return all_shifts(x, sigma, wavelet, levels, mode)
    options = dict(sigma=sigma, wavelet=wavelet, wavelet_levels=levels, method=SKIMAGE_METHODS[method], mode=mode)
    if cycle_spinning > 0:
        return cycle_spin(x, denoise_wavelet, cycle_spinning, func_kw=options, num_workers=1)
    return denoise_wavelet(x, **options)


TOLERANCE = 2e-6
SMALL, TALL, LARGE = (24, 20), (33, 17), (75, 140)
CASES = [
    (SMALL, dict()),
    (LARGE, dict(wavelet="haar")),
    (LARGE, dict(wavelet="db2", sigma=0.05, levels=4)),
    (TALL, dict(wavelet="sym4", levels=2, mode="hard")),
    (LARGE, dict(wavelet="db10", levels=3, method="visushrink", sigma=0.03)),
    (TALL, dict(wavelet="coif3", levels=5, method="visushrink", sigma=0.04, mode="hard")),
    (SMALL, dict(wavelet="db3", levels=2, cycle_spinning=3)),
    (TALL, dict(wavelet="sym9", levels=1, method="visushrink", sigma=0.05, cycle_spinning=1)),
    (LARGE, dict(wavelet="sym8", levels=3, method="sureshrink", sigma=0.1)),
    (LARGE, dict(wavelet="haar", levels=5, method="sureshrink", sigma=0.2)),
    (SMALL, dict(wavelet="haar", levels=3, method="visushrink", sigma=0.05, cycle_spinning="full")),
    (LARGE, dict(levels=3, method="visushrink", mode="hard", cycle_spinning="full")),
    (LARGE, dict(wavelet="sym4", levels=2, method="visushrink", sigma=0.04, cycle_spinning="full")),
]
