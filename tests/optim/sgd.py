"""torch.optim.SGD."""
import torch


def optimizer(weights, lr, momentum=0, nesterov=False, weight_decay=0):
    return torch.optim.SGD(weights, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)


CASES = [
    dict(lr=0.1),
    dict(lr=0.1, momentum=0.9),
    dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.2),
]
