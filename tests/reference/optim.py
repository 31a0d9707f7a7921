"""Prints tests/optim/reference.h: five steps of PyTorch's optimizers, in float64.

Eight weights w start in [-1, 1); the gradient is a (w - b) with a in [0.1, 2), b in [-1, 1).
"""
import torch

from formula import formula, numbers

CASES = [
    ("sgd", '{"lr": 0.1}', torch.optim.SGD, dict(lr=0.1)),
    ("sgd", '{"lr": 0.1, "momentum": 0.9}', torch.optim.SGD, dict(lr=0.1, momentum=0.9)),
    ("sgd", '{"lr": 0.1, "momentum": 0.9, "nesterov": true, "weight_decay": 0.2}', torch.optim.SGD,
     dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.2)),
    ("adadelta", '{}', torch.optim.Adadelta, dict(lr=1.0, rho=0.95, eps=1e-8)),
    ("adadelta", '{"lr": 0.5, "rho": 0.9, "eps": 1e-6}', torch.optim.Adadelta, dict(lr=0.5, rho=0.9, eps=1e-6)),
    ("adadelta", '{"lr": 2, "rho": 0.5, "eps": 1e-3, "weight_decay": 0.2}', torch.optim.Adadelta,
     dict(lr=2.0, rho=0.5, eps=1e-3, weight_decay=0.2)),
    ("rmsprop", '{}', torch.optim.RMSprop, dict(lr=1e-3, alpha=0.9, eps=1e-8)),
    ("rmsprop", '{"lr": 0.01, "rho": 0.99, "eps": 1e-2, "momentum": 0.5, "weight_decay": 0.2}', torch.optim.RMSprop,
     dict(lr=0.01, alpha=0.99, eps=1e-2, momentum=0.5, weight_decay=0.2)),
    ("adam", '{}', torch.optim.Adam, dict(lr=1e-3)),
    ("adam", '{"lr": 0.1, "beta1": 0.5, "beta2": 0.8, "eps": 1e-2, "weight_decay": 0.2}', torch.optim.Adam,
     dict(lr=0.1, betas=(0.5, 0.8), eps=1e-2, weight_decay=0.2)),
    ("adam", '{"lr": 0.1, "weight_decay": 0.2, "decoupled_weight_decay": true}', torch.optim.AdamW,
     dict(lr=0.1, weight_decay=0.2)),
]

print("""/* Eight weights after five steps of PyTorch's optimizers in float64; made by tests/reference/optim.py. */
static const struct {
  const char *type, *options;
  double weights[8];
} reference[] = {""")
for name, options, make, arguments in CASES:
    w, a, b = (torch.tensor(formula(8, salt, low, 1 if salt != 2 else 2)).double()
               for salt, low in ((1, -1), (2, 0.1), (3, -1)))
    w.requires_grad_()
    optimizer = make([w], **arguments)
    for _ in range(5):
        w.grad = (a * (w - b)).detach()
        optimizer.step()
    escaped = options.replace('"', '\\"')
    print(f'  /* torch.optim.{make.__name__}({", ".join(f"{k}={v}" for k, v in arguments.items())}) */')
    print(f'  {{"{name}", "{escaped}", {{\n{numbers(w.detach(), 4)} }}}},')
print("};")
