"""torch.optim.Adadelta."""
import torch


def optimizer(weights, lr=1.0, rho=0.95, eps=1e-8, weight_decay=0):
    return torch.optim.Adadelta(weights, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay)


CASES = [
    dict(),
    dict(lr=0.5, rho=0.9, eps=1e-6),
    dict(lr=2, rho=0.5, eps=1e-3, weight_decay=0.2),
]
