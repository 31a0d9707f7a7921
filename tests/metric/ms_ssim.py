"""piq.multi_scale_ssim."""
import torch
from piq import multi_scale_ssim

EXPONENTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]


def measure(x, reference, scales=5, window=11, sigma=1.5, range=1, k1=0.01, k2=0.03):
    x, reference = (torch.tensor(plane)[None, None] / range for plane in (x, reference))
    weights = torch.tensor(EXPONENTS[:scales], dtype=torch.float64)
    return multi_scale_ssim(x, reference, kernel_size=window, kernel_sigma=sigma, data_range=1,
                            scale_weights=weights / weights.sum(), k1=k1, k2=k2).item()


# Sides that can be halved without a rest: piq repeats an odd row or column.
CASES = [
    (dict(), (176, 192)),
    (dict(scales=3), (64, 48)),
    (dict(scales=2, window=5, sigma=0.8), (24, 20)),
    (dict(scales=3, window=7, sigma=1.0, range=6, k1=0.02, k2=0.05), (40, 32), 0.5, 1),
    (dict(scales=1), (24, 20)),
]
