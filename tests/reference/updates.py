"""Prints the numbers of tests/model/reference_updates.c: 20 steps of a small network in PyTorch, float64.

Schedules, clipping, accumulation, averages, rates by layer, freezing and penalties on weights, each with the call that
PyTorch has for it.
"""
import torch
from torch.optim import lr_scheduler, swa_utils

from formula import formula, numbers

STEPS, BATCH = 20, 5


def tensor(shape, salt):
    return torch.tensor(formula(shape, salt, -1, 1)).double()


def network():
    net = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2)).double()
    with torch.no_grad():
        for i, p in enumerate(net.parameters()):
            p.copy_(tensor(tuple(p.shape), 10 + i))
    return net


def run(make, schedule=None, clip=None, accumulate=1, average=None, average_from=0, average_every=1, frozen_until=0,
        penalty=None):
    net = network()
    optimizer = make(net)
    scheduler = schedule(optimizer) if schedule else None
    mean = average(net) if average else None
    for step in range(1, STEPS + 1):
        net[0].weight.requires_grad_(step > frozen_until)
        loss = torch.nn.functional.mse_loss(net(tensor((BATCH, 4), 100 + step)), tensor((BATCH, 2), 200 + step))
        if penalty:
            loss = loss + penalty(net)
        (loss / accumulate).backward()
        if step % accumulate == 0:
            if clip:
                clip(net.parameters())
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            if scheduler:
                scheduler.step()
        if mean and step > average_from and (step - average_from) % average_every == 0:
            mean.update_parameters(net)
    if penalty:
        print(f"/* the last loss: {loss.item():.9g} */")
    result = mean.module if mean else net
    return torch.cat([p.detach().reshape(-1) for p in result.parameters()]).numpy()


def sgd(net):
    return torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)


def adam(net):
    return torch.optim.Adam(net.parameters(), lr=0.05)


def warm_cosine(optimizer):
    warm = lr_scheduler.LinearLR(optimizer, start_factor=0.01, total_iters=5)
    return lr_scheduler.SequentialLR(optimizer, [warm, lr_scheduler.CosineAnnealingLR(optimizer, 15)], [5])


def by_layer(net):
    return torch.optim.AdamW([{"params": net[0].parameters(), "lr": 0.005}, {"params": net[2].parameters()}], lr=0.05,
                             weight_decay=0.1)


def on_kernels(net):
    kernels = [net[0].weight, net[2].weight]
    return sum(1e-2 * w.abs().sum() + 5e-2 * (w * w).sum() for w in kernels)


def by_name(net):
    first, second = net[0], net[2]
    return 0.02 * first.weight.abs().sum() + 0.01 * (second.weight ** 2).sum() + 0.1 * (
        (first.bias ** 2).sum() + (second.bias ** 2).sum()) + 0.03 * second.bias.abs().sum()


for name, values in {
    "Adam, LinearLR for 5, then CosineAnnealingLR": run(adam, warm_cosine),
    "SGD, clip_grad_norm_(0.1)": run(sgd, clip=lambda p: torch.nn.utils.clip_grad_norm_(p, 0.1)),
    "SGD, clip_grad_value_(0.05)": run(sgd, clip=lambda p: torch.nn.utils.clip_grad_value_(p, 0.05)),
    "Adam, gradients of 4 batches, loss / 4, clip_grad_norm_(0.2)":
        run(adam, accumulate=4, clip=lambda p: torch.nn.utils.clip_grad_norm_(p, 0.2)),
    "SGD, AveragedModel with get_ema_multi_avg_fn(0.9)":
        run(sgd, average=lambda net: swa_utils.AveragedModel(net, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.9))),
    "SGD, AveragedModel, after steps 10, 15, 20": run(sgd, average=swa_utils.AveragedModel, average_from=5,
                                                      average_every=5),
    "AdamW with weight_decay=0.1 and a tenth of the rate for the first layer": run(by_layer),
    "Adam, the first layer's weight frozen for 8 steps": run(adam, frozen_until=8),
    "SGD, 0.01 |w| + 0.05 w^2 of kernels, clip_grad_norm_(0.5)":
        run(sgd, penalty=on_kernels, clip=lambda p: torch.nn.utils.clip_grad_norm_(p, 0.5)),
    "Adam, penalties of kernels and biases, gradients of 4 batches, loss / 4":
        run(adam, penalty=by_name, accumulate=4),
}.items():
    print(f"/* {name} */\n{{{numbers(values).strip()}}},")
