"""torch.optim.lr_scheduler.LinearLR."""
import torch


def schedule(optimizer, total):
    return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1, total_iters=total)


CASES = [dict(warmup=5), dict(warmup=2, warmup_start=0.25, by="epoch")]
