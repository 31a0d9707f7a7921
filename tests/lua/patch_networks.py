"""The numbers of PyTorch, float64, in tests/lua/patch_networks.lua: losses of a stacked sparse denoising autoencoder as
Xie, Xu, Chen print them (eqs. 2 to 5) and their gradients, and steps of a perceptron on patches. Prints them."""
import torch
from torch import nn

RHO, BETA, LAMBDA = 0.05, 1e-2, 1e-4


def numbers(salt, low, high, *shape):
    """Those of `numbers` in patch_networks.lua."""
    i = torch.arange(1, torch.Size(shape).numel() + 1)
    return (low + (high - low) * ((i * i * 13 + i * (37 + salt) + 91 * salt) % 101).double() / 101).reshape(shape)


def network(units, activation, last):
    layers = []
    for k, (a, b) in enumerate(zip(units, units[1:])):
        layers += [nn.Linear(a, b), activation() if k < len(units) - 2 else last()]
    net = nn.Sequential(*layers).double()
    with torch.no_grad():
        for k, p in enumerate(net.parameters()):
            p.copy_(numbers(k + 1, -1, 1, *p.shape))
    return net


def printed(name, values):
    print(f"{name}: " + ", ".join("%.9g" % v for v in values))


def described(name, net):
    """Sums of the parameters, weighted so that each counts: what a test in one line can compare."""
    printed(name, [(p.detach().flatten() * numbers(9, -1, 1, p.numel())).sum().item() for p in net.parameters()])


def gradient(name, net, loss):
    """A step of gradient descent with the rate 1."""
    loss.backward()
    torch.optim.SGD(net.parameters(), lr=1).step()
    printed(name + ", loss", [loss.item()])
    described(name + ", stepped", net)


def weights(net):
    return sum((p ** 2).sum() for n, p in net.named_parameters() if n.endswith("weight"))


x, y = numbers(20, 0, 1, 12, 16), numbers(21, 0, 1, 12, 16)

level = network([16, 5, 16], nn.Sigmoid, nn.Sigmoid)
h = level[1](level[0](x)).mean(0)
kl = (RHO * torch.log(RHO / h) + (1 - RHO) * torch.log((1 - RHO) / (1 - h))).sum()
paper = ((y - level(x)) ** 2).sum(1).mean() / 2 + BETA * kl + LAMBDA / 2 * weights(level)
gradient("level", level, paper / (16 / 2))

whole = network([16, 5, 4, 5, 16], nn.Sigmoid, nn.Sigmoid)
paper = ((y - whole(x)) ** 2).sum(1).mean() / 2 + LAMBDA / 2 * weights(whole)
gradient("whole", whole, paper / (16 / 2))

mlp = network([9, 6, 5, 4], nn.Tanh, nn.Identity)
optimizer = torch.optim.SGD(mlp.parameters(), lr=0.1)
noisy, clean = (numbers(22, 0, 1, 10, 9) - 0.5) / 0.2, (numbers(23, 0, 1, 10, 4) - 0.5) / 0.2
losses = []
for step in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(mlp(noisy), clean)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
printed("mlp, losses", losses)
described("mlp, stepped", mlp)
