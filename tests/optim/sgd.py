"""torch.optim.SGD."""
import torch


def optimizer(weights, lr=0.01, **options):
    return torch.optim.SGD(weights, lr=lr, **options)


CASES = [
    dict(lr=0.1),
    dict(lr=0.1, weight_decay=0.2, maximize=True),
    dict(lr=0.1, momentum=0.9),
    dict(lr=0.1, momentum=0.9, dampening=0.5),
    dict(lr=0.1, momentum=0.9, dampening=1, weight_decay=0.1),
    dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.2),
]
