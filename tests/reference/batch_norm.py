"""Values for tests/nn/batch_norm.c: torch.nn.BatchNorm2d in float64, one training batch, then evaluation.

    python tests/reference/batch_norm.py
"""
import torch
from torch import nn


def formula(n, a, b):
    return torch.sin(torch.arange(n, dtype=torch.float64) * a + b)


net = nn.BatchNorm2d(2, momentum=0.2).double()
net.weight.data = torch.tensor([1.5, -0.5], dtype=torch.float64)
net.bias.data = torch.tensor([0.25, 0.75], dtype=torch.float64)
x = (3 + formula(24, 0.7, 0.3)).reshape(3, 2, 2, 2).requires_grad_()
target = formula(24, 1.3, 0.1).reshape(3, 2, 2, 2)
loss = nn.functional.mse_loss(net(x), target)
loss.backward()


def show(name, values):
    print(f"static const float {name}[] = {{{', '.join(f'{v:.9g}f' for v in values.flatten().tolist())}}};")


print(f"loss {loss.item():.9g}")
show("dx", x.grad)
show("dweight", net.weight.grad)
show("dbias", net.bias.grad)
show("running_mean", net.running_mean)
show("running_var", net.running_var)
net.eval()
show("prediction", net(x.detach()))
