"""torch.optim.lr_scheduler.CosineAnnealingWarmRestarts."""
import torch


def schedule(optimizer, _total, first, growth=1, low=0):
    return torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=first, T_mult=growth, eta_min=low)


CASES = [dict(first=6), dict(first=2, growth=2, low=0.1), dict(first=2, by="epoch")]
