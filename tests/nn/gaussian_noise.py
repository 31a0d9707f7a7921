"""Noise of standard deviation 0, in torch; what is random stands in gaussian_noise.c."""
import torch

from nn import case, conv, use


def layer(weights, x, sd):
    del weights
    return x + sd * torch.zeros_like(x)


CASES = [case((5, 4, 6), conv(7), use("gaussian_noise", sd=0), conv(3))]
