"""torch.nn.functional.avg_pool2d and conv2d, of the formulas of Wang, Simoncelli, Bovik, 2003."""
import pathlib

import torch
from torch.nn import functional as F

from write import load

maps = load(pathlib.Path(__file__).with_name("ssim.py")).maps
EXPONENTS = torch.tensor([0.0448, 0.2856, 0.3001, 0.2363, 0.1333]).double()


def loss(pred, target, scales=5, **options):
    w = EXPONENTS[:scales] / EXPONENTS[:scales].sum()
    product = 1
    for j in range(scales):
        ssim, contrast = maps(pred, target, options)
        product = product * (ssim if j + 1 == scales else contrast).mean(dim=(1, 2, 3)).relu() ** w[j]
        pred, target = F.avg_pool2d(pred, 2), F.avg_pool2d(target, 2)
    return 1 - product.mean()


CASES = [
    ({"scales": 2, "k2": 0.3}, (2, 23, 26)),
    ({"scales": 3, "window": 3, "k2": 0.3}, (1, 14, 13)),
    ({"window": 3, "weights": "uniform", "k2": 0.3}, (1, 50, 53)),
]
