"""skimage.metrics.structural_similarity."""
from skimage.metrics import structural_similarity

PRESETS = {"wang2004": ("gaussian", "population", 1), "gondara2016": ("uniform", "sample", 2)}


def measure(x, reference, preset="wang2004", window=7, weights=None, covariance=None, range=None, sigma=1.5, k1=0.01,
            k2=0.03):
    default = PRESETS[preset]
    gaussian = (weights or default[0]) == "gaussian"
    return structural_similarity(x, reference, win_size=None if gaussian else window, gaussian_weights=gaussian,
                                 sigma=sigma, use_sample_covariance=(covariance or default[1]) == "sample",
                                 data_range=range or default[2], K1=k1, K2=k2)


CASES = [
    dict(),
    dict(preset="gondara2016"),
    dict(preset="gondara2016", window=3),
    dict(preset="gondara2016", window=13),
    dict(preset="gondara2016", window=5, range=1, covariance="population"),
    dict(weights="uniform"),
    dict(sigma=0.5),
    dict(sigma=2.2, covariance="sample", range=2),
    dict(k1=0.02, k2=0.05),
    # Variances that are small beside the squared mean; windows that have slid down a long way.
    (dict(range=1), (24, 20), 0.125, 5),
    (dict(range=1), (33, 17), 0.125, 5),
    (dict(weights="uniform", range=1), (300, 12), 0.125, 5),
]
