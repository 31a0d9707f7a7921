"""torch.optim.AdamW."""
import torch


def optimizer(weights, beta1=0.9, beta2=0.999, **options):
    return torch.optim.AdamW(weights, betas=(beta1, beta2), **options)


CASES = [
    dict(),
    dict(lr=0.1, beta1=0.5, beta2=0.8, eps=1e-2, weight_decay=0.2),
    dict(lr=0.1, beta2=0.8, amsgrad=True),
    dict(lr=0.1, amsgrad=True, weight_decay=0.2, maximize=True),
]
