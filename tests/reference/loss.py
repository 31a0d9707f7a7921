"""Known numbers of losses and their gradients, by PyTorch in float64.

tests/loss/<name>.py defines
  loss(pred, target, **options), and where the loss has that form from_logits(z, target, **options);
  CASES, if there are other cases than the default options: options, and the shape of a sample.
A sample of eight numbers has hits, misses, certainties at the ends, and grey; others come from formula.py.
"""
import json

import torch

from formula import formula

TYPE = "KnownLoss"
PRED = [0.0, 1.0, 1.0, 0.0, 0.25, 0.9, 0.5, 1e-6]
LOGITS = [-200.0, 200.0, 40.0, -17.0, 0.0, 2.5, -0.75, 1e-3]
TARGET = [0.0, 0.0, 1.0, 0.3, 0.25, 0.0, 0.8, 1.0]
CASES = [({}, (8,)), ({}, (3, 5, 7))]


def inputs(shape, logits):
    if shape == (8,):
        return torch.tensor(LOGITS if logits else PRED), torch.tensor(TARGET)
    low, high = (-4, 4) if logits else (0.1, 0.9)
    return torch.tensor(formula(shape, 1, low, high)), torch.tensor(formula(shape, 2, 0.1, 0.9))


def row(function, options, shape, logits):
    x, target = (t.double() for t in inputs(shape, logits))
    value = function(x.requires_grad_(), target, **options)
    value.backward()
    grad = x.grad.flatten().tolist()
    escaped = json.dumps(options).replace('"', '\\"')
    numbers = ", ".join("%.8g" % grad[k * (len(grad) - 1) // 7] for k in range(8))
    return (f'  {{"{escaped}", LN_SHAPE({", ".join(map(str, shape))}), {str(logits).lower()}, {value.item():.12g},\n'
            f"   {{{numbers}}}}},")


def rows(name, item):
    del name
    forms = [(item.loss, False)] + ([(item.from_logits, True)] if hasattr(item, "from_logits") else [])
    return [row(f, options, shape, logits) for f, logits in forms for options, shape in getattr(item, "CASES", CASES)]
