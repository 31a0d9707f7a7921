"""torch.optim.Adam, and AdamW for decoupled_weight_decay."""
import torch


def optimizer(weights, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0, decoupled_weight_decay=False):
    kind = torch.optim.AdamW if decoupled_weight_decay else torch.optim.Adam
    return kind(weights, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay)


CASES = [
    dict(),
    dict(lr=0.1, beta1=0.5, beta2=0.8, eps=1e-2, weight_decay=0.2),
    dict(lr=0.1, weight_decay=0.2, decoupled_weight_decay=True),
]
