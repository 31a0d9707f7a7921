"""torch.optim.lr_scheduler.PolynomialLR; with low, by hand from it."""
import torch


def schedule(optimizer, total, power=1, low=0):
    if low > 0:
        return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: low + (1 - low) * (1 - t / total) ** power)
    return torch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=total, power=power)


CASES = [dict(), dict(power=2, steps=12, warmup=2), dict(power=0.5, low=0.1), dict(by="epoch")]
