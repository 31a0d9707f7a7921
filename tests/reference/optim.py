"""Known numbers of optimizers: eight weights after twenty steps, by PyTorch in float64.

tests/optim/<name>.py defines
  optimizer(weights, **options): PyTorch's optimizer of these weights, with lunet's options and defaults;
  CASES: options.
The weights w start in [-1, 1); the gradient is a (w - b) with a in [0.1, 2), b in [-1, 1).
"""
import json

import torch

from formula import formula

TYPE = "KnownSteps"

torch.set_default_dtype(torch.float64)  # of what optimizers keep beside their states


def row(item, options):
    w, a, b = (torch.tensor(formula(8, salt, low, 1 if salt != 2 else 2)).double()
               for salt, low in ((1, -1), (2, 0.1), (3, -1)))
    w.requires_grad_()
    optimizer = item.optimizer([w], **options)
    for _ in range(20):
        w.grad = (a * (w - b)).detach()
        optimizer.step()
    escaped = json.dumps(options).replace('"', '\\"')
    return f'  {{"{escaped}",\n   {{{", ".join("%.9g" % v for v in w.tolist())}}}}},'


def rows(name, item):
    del name
    return [row(item, options) for options in item.CASES]
