"""torch.optim.lr_scheduler.ReduceLROnPlateau."""
import torch


def schedule(optimizer, _total, factor=0.1, patience=10, threshold=1e-4, cooldown=0, low=0):
    return torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=factor, patience=patience, threshold=threshold, cooldown=cooldown, min_lr=low)


LOSSES = [1, 0.95, 0.96, 0.94, 0.95]

CASES = [
    dict(patience=0),
    dict(patience=1, threshold=0.1),
    dict(factor=0.5, patience=0, threshold=0.2, cooldown=1),
    dict(factor=0.3, patience=0, threshold=0.2, low=0.2),
]
