"""scipy.ndimage.gaussian_filter."""
from scipy.ndimage import gaussian_filter


def apply(x, sigma=1, truncate=4, edge="reflect"):
    return gaussian_filter(x, sigma, mode=edge, truncate=truncate)


TOLERANCE = 1e-6
SMALL, TALL = (24, 20), (33, 17)
CASES = [
    (SMALL, dict(sigma=1)),
    (TALL, dict(sigma=2.3, edge="nearest", truncate=3)),
    (SMALL, dict(sigma=8)),
    (SMALL, dict(sigma=1.14)),  # the window's end, 5.06, falls to 5
]
