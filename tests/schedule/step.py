"""torch.optim.lr_scheduler.StepLR."""
import torch


def schedule(optimizer, _total, size, gamma=0.1):
    return torch.optim.lr_scheduler.StepLR(optimizer, step_size=size, gamma=gamma)


CASES = [dict(size=4), dict(size=3, gamma=0.5, warmup=4), dict(size=2, gamma=0.5, by="epoch")]
