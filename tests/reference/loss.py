"""Prints the known numbers of tests/loss/{bce,mse,mae}.c: PyTorch's losses and gradients, in float64."""
import torch
from torch.nn import functional as F

from formula import numbers

P = [0.0, 1.0, 1.0, 0.0, 0.25, 0.9, 0.5, 1e-6]
Z = [-200.0, 200.0, 40.0, -17.0, 0.0, 2.5, -0.75, 1e-3]
T = [0.0, 0.0, 1.0, 0.3, 0.25, 0.0, 0.8, 1.0]


def show(name, loss, values):
    x = torch.tensor(values, dtype=torch.float32).double().requires_grad_()
    y = loss(x, torch.tensor(T, dtype=torch.float32).double())
    y.backward()
    print(f"{name}: {y.item():.12g}\n{numbers(x.grad)}")


show("bce", F.binary_cross_entropy, P)
show("bce of logits", F.binary_cross_entropy_with_logits, Z)
show("mse", F.mse_loss, P)
show("mae", F.l1_loss, P)
