"""torch.optim.lr_scheduler.CosineAnnealingLR."""
import torch


def schedule(optimizer, total, low=0):
    return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=total, eta_min=low)


CASES = [dict(), dict(warmup=5), dict(low=0.1, warmup=2, warmup_start=0.25), dict(by="epoch")]
