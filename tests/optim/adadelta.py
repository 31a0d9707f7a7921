"""torch.optim.Adadelta."""
import torch


def optimizer(weights, lr=1.0, rho=0.95, eps=1e-8, **options):
    return torch.optim.Adadelta(weights, lr=lr, rho=rho, eps=eps, **options)


CASES = [
    dict(),
    dict(lr=0.5, rho=0.9, eps=1e-6),
    dict(lr=2, rho=0.5, eps=1e-3, weight_decay=0.2),
    dict(eps=1e-4, weight_decay=0.2, maximize=True),
]
