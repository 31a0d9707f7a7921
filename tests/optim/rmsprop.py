"""torch.optim.RMSprop, whose alpha is rho here."""
import torch


def optimizer(weights, lr=1e-3, rho=0.9, eps=1e-8, momentum=0, weight_decay=0):
    return torch.optim.RMSprop(weights, lr=lr, alpha=rho, eps=eps, momentum=momentum, weight_decay=weight_decay)


CASES = [
    dict(),
    dict(lr=0.01, rho=0.99, eps=1e-2, momentum=0.5, weight_decay=0.2),
]
