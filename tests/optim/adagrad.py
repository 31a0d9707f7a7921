"""torch.optim.Adagrad."""
import torch


def optimizer(weights, **options):
    return torch.optim.Adagrad(weights, **options)


CASES = [
    dict(),
    dict(lr=0.1, lr_decay=0.1),
    dict(lr=0.1, initial_accumulator_value=0.5, eps=1e-2),
    dict(lr=0.1, weight_decay=0.2),
    dict(lr=0.1, weight_decay=0.2, maximize=True),
]
