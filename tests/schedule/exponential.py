"""torch.optim.lr_scheduler.ExponentialLR."""
import torch


def schedule(optimizer, _total, gamma):
    return torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=gamma)


CASES = [dict(gamma=0.9), dict(gamma=0.7, warmup=3, warmup_start=0.2), dict(gamma=0.5, by="epoch")]
