"""torch.optim.lr_scheduler.OneCycleLR."""
import torch


def schedule(optimizer, total, rise=0.3, start=0.04, last=4e-6, shape="cosine"):
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1.0, total_steps=total, pct_start=rise, div_factor=1 / start, final_div_factor=start / last,
        anneal_strategy={"cosine": "cos", "linear": "linear"}[shape],
        cycle_momentum=False)


CASES = [dict(), dict(rise=0.5, start=0.1, last=0.01, shape="linear"), dict(by="epoch", rise=0.4)]
