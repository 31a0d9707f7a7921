"""PyTorch: eager in two memory formats, compiled, and with bfloat16 where the processor multiplies matrices of it."""
import torch
from torch import nn
from torch.nn import functional as F

from peer_work import NETWORKS


def make_layer(layer, channels):
    if layer.kind == "conv":
        return nn.Conv2d(channels, layer.filters, 3, padding=1, bias=layer.bias)
    makers = {"pool": lambda: nn.MaxPool2d(2), "up": lambda: nn.Upsample(scale_factor=2),
              "norm": lambda: nn.BatchNorm2d(channels), "relu": lambda: nn.ReLU(inplace=True)}
    return makers.get(layer.kind, nn.Identity)()


class Network(nn.Module):
    """The sigmoid of the output is left to the loss, and to predict()."""

    def __init__(self, layers):
        super().__init__()
        self.table, widths = layers, [1]
        self.sigmoid = layers[-1].activation == "sigmoid"
        self.read_again = {layer.also for layer in layers}
        self.layers = nn.ModuleList()
        for layer in layers:
            self.layers.append(make_layer(layer, widths[-1]))
            concatenated = widths[layer.also] if layer.kind == "concat" else 0
            widths.append(layer.filters or widths[-1] + concatenated)

    def forward(self, x):
        kept = {0: x}
        for place, (layer, module) in enumerate(zip(self.table, self.layers), start=1):
            if layer.kind == "concat":
                x = torch.cat((x, kept[layer.also]), 1)
            elif layer.kind == "add":
                x = x + kept[layer.also]
            else:
                x = module(x)
            if layer.activation == "relu":
                x = F.relu(x, inplace=True)
            if place in self.read_again:
                kept[place] = x
        return x


class Peer:
    def __init__(self, variant, threads):
        torch.set_num_threads(threads)
        self.format = torch.contiguous_format if variant == "nchw" else torch.channels_last
        self.compiled, self.bfloat16 = variant == "compiled", variant == "bfloat16"

    @staticmethod
    def version():
        return torch.__version__

    def autocast(self):
        return torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16)

    def prepare(self, work):
        """A function that does the work once; None if it is not for this peer."""
        if work.net == "":
            return None
        torch.manual_seed(42)
        net = Network(NETWORKS[work.net]).to(memory_format=self.format).train(work.kind == "step")
        run = torch.compile(net) if self.compiled else net
        noisy, clean = (torch.rand(work.batch, 1, work.side, work.side).to(memory_format=self.format) for _ in range(2))
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
        loss_of = F.binary_cross_entropy_with_logits if net.sigmoid else F.mse_loss

        def step():
            optimizer.zero_grad(set_to_none=True)
            with self.autocast():
                loss = loss_of(run(noisy), clean)
            loss.backward()
            optimizer.step()
            return loss.item()

        def predict():
            with torch.inference_mode(), self.autocast():
                y = run(noisy)
                return torch.sigmoid(y) if net.sigmoid else y

        return step if work.kind == "step" else predict
