"""Known numbers of schedules: the factors of 20 updates, five epochs of four, by torch.optim.lr_scheduler.

tests/schedule/<name>.py defines
  schedule(optimizer, total, **options): PyTorch's scheduler, which is stepped once a step, or once an epoch where the
    options say by = "epoch"; total: how many steps or epochs there are;
  CASES: options;
  LOSSES (where a loss is followed): what is observed after each epoch.
A warm-up of W is LinearLR over W, then the scheduler over what is left.
"""
import json
import warnings

import torch

TYPE = "KnownFactors"
UPDATES, EPOCH = 20, 4


def make(item, optimizer, options):
    """The scheduler with its warm-up."""
    options = dict(options)
    by = options.pop("by", "step")
    warmup, start = options.pop("warmup", 0), options.pop("warmup_start", 0.01)
    total = options.pop("steps", UPDATES if by == "step" else UPDATES // EPOCH)
    if warmup == 0:
        return item.schedule(optimizer, total, **options)
    linear = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=start, total_iters=warmup)
    rest = item.schedule(optimizer, total - warmup, **options)
    return torch.optim.lr_scheduler.SequentialLR(optimizer, [linear, rest], milestones=[warmup])


def row(item, options):
    losses = getattr(item, "LOSSES", None)
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=1.0)
    scheduler = make(item, optimizer, options)
    factors = []
    for update in range(UPDATES):
        factors.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        ends_epoch = update % EPOCH == EPOCH - 1
        if update == UPDATES - 1:
            break  # PyTorch counts the steps of a cycle, and refuses one more
        if losses and ends_epoch:
            scheduler.step(losses[update // EPOCH])
        elif not losses and (options.get("by", "step") == "step" or ends_epoch):
            scheduler.step()
    seen = ", ".join("%.9g" % loss for loss in losses or [0] * (UPDATES // EPOCH))
    escaped = json.dumps(options).replace('"', '\\"')
    return f'  {{"{escaped}",\n   {{{seen}}},\n   {{{", ".join("%.9g" % f for f in factors)}}}}},'


def rows(_name, item):
    warnings.filterwarnings("ignore")
    return [row(item, options) for options in item.CASES]
