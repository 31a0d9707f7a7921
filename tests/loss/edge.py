"""torch.nn.functional.conv2d."""
import torch
from torch.nn import functional as F

SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
FILTERS = {
    "difference": [[[-1, 1]], [[-1], [1]]],
    "sobel": [[[v / 8 for v in row] for row in SOBEL], [[v / 8 for v in row] for row in zip(*SOBEL)]],
    "laplacian": [[[0, 1, 0], [1, -4, 1], [0, 1, 0]]],
}


def loss(pred, target, filter="difference", norm="l1", reduction="mean"):
    total = 0
    for weights in FILTERS[filter]:
        d = F.conv2d((pred - target)[:, None], torch.tensor(weights).double()[None, None])
        terms = d.abs() if norm == "l1" else d ** 2
        total = total + (terms.mean() if reduction == "mean" else terms.sum())
    return total


CASES = [
    ({}, (2, 5, 7)),
    ({"filter": "sobel"}, (2, 5, 7)),
    ({"filter": "laplacian", "norm": "l2"}, (1, 6, 5)),
    ({"filter": "sobel", "norm": "l2", "reduction": "sum"}, (1, 6, 5)),
]
