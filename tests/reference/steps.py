"""Prints the losses of tests/model/reference_steps.c: ten training steps of the paper's network in PyTorch.

112,001 parameters; the same batch of ten 32x32 images each step, weights from formula.py. In float64, with the
largest relative difference to the same in float32, which shows what rounding alone does.
"""
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from formula import formula

BATCH, SIZE = 10, 32


def images():
    """Two bright spots each; float64 arithmetic in the order of the C test."""
    centre = formula((BATCH, 4), 1, 0, SIZE).astype(np.float64)[:, :, None, None]
    row, column = np.arange(SIZE)[:, None], np.arange(SIZE)[None, :]
    clean = np.zeros((BATCH, SIZE, SIZE))
    for spot in (0, 2):
        down, right = row - centre[:, spot], column - centre[:, spot + 1]
        clean += 0.5 / (1 + (down * down + right * right) / 16)
    clean = clean.astype(np.float32)[:, None]
    return clean + formula(clean.shape, 2, -0.2, 0.2), clean


def network():
    def conv(channels, filters):
        return nn.Conv2d(channels, filters, 3, padding=1)

    net = nn.Sequential(conv(1, 64), nn.ReLU(), nn.MaxPool2d(2), conv(64, 64), nn.ReLU(), nn.MaxPool2d(2),
                        conv(64, 64), nn.ReLU(), nn.Upsample(scale_factor=2), conv(64, 64), nn.ReLU(),
                        nn.Upsample(scale_factor=2), conv(64, 1))
    assert sum(p.numel() for p in net.parameters()) == 112001
    with torch.no_grad():
        for i, p in enumerate(net.parameters()):
            bound = math.sqrt(6 / p[0].numel()) if p.dim() > 1 else 0.1
            p.copy_(torch.tensor(formula(tuple(p.shape), 10 + i, -bound, bound)))
    return net


def losses(make, dtype):
    net = network().to(dtype)
    noisy, clean = (torch.tensor(a).to(dtype) for a in images())
    optimizer = make(net.parameters())
    result = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(net(noisy), clean)
        loss.backward()
        optimizer.step()
        result.append(loss.item())
    return np.array(result)


for name, make in {
        "Adadelta(lr=1.0, rho=0.95, eps=1e-8)": lambda p: torch.optim.Adadelta(p, lr=1.0, rho=0.95, eps=1e-8),
        "Adam(lr=1e-3)": lambda p: torch.optim.Adam(p, lr=1e-3),
}.items():
    exact, single = losses(make, torch.float64), losses(make, torch.float32)
    print(f"torch.optim.{name}; float32 differs by {np.max(np.abs(single / exact - 1)):.1e}")
    print("  " + ", ".join("%.8g" % v for v in exact))
