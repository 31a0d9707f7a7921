"""torch.optim.RMSprop, whose alpha is rho here."""
import torch


def optimizer(weights, lr=1e-3, rho=0.9, **options):
    return torch.optim.RMSprop(weights, lr=lr, alpha=rho, **options)


CASES = [
    dict(),
    dict(lr=0.01, rho=0.99, eps=1e-2, momentum=0.5, weight_decay=0.2),
    dict(lr=0.01, centered=True, eps=1e-2),
    dict(lr=0.01, centered=True, eps=1e-2, momentum=0.9, weight_decay=0.2),
    dict(lr=0.01, weight_decay=0.2, maximize=True),
]
