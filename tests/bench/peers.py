"""The same work in PyTorch, alternating with lunet in one run, and the ratio.

    python3 -m venv ~/peers && ~/peers/bin/pip install torch
    ~/peers/bin/python tests/bench/peers.py [--threads N ...] [--rounds R] [--bench build/bench]

`make bench` runs it when python3 finds torch. Nothing of lunet needs it. PyTorch runs eagerly, in float32, oneDNN on, in
both memory formats. Work and rounds alternate, so that both see the same machine; the median of all rounds counts.
"""

import argparse
import json
import os
import statistics
import subprocess
import time

import torch
from torch import nn

CALLS = 5  # of each side in a round


def paper_network():
    def conv(cin, cout, activation):
        return [nn.Conv2d(cin, cout, 3, padding=1), activation]

    up = lambda: nn.Upsample(scale_factor=2, mode="nearest")
    return nn.Sequential(
        *conv(1, 64, nn.ReLU()), nn.MaxPool2d(2),
        *conv(64, 64, nn.ReLU()), nn.MaxPool2d(2),
        *conv(64, 64, nn.ReLU()), up(),
        *conv(64, 64, nn.ReLU()), up(),
        *conv(64, 1, nn.Sigmoid()),
    )


class Torch:
    """One memory format; name is what the table says."""

    def __init__(self, name, memory_format, batch, training):
        self.name, self.training = name, training
        torch.manual_seed(42)
        self.net = paper_network().to(memory_format=memory_format)
        self.x = torch.rand(batch, 1, 64, 64).contiguous(memory_format=memory_format)
        self.target = torch.rand(batch, 1, 64, 64).contiguous(memory_format=memory_format)
        self.loss = nn.BCELoss()
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=1e-3)

    def call(self):
        if not self.training:
            with torch.inference_mode():
                self.net(self.x)
            return
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.net(self.x), self.target).backward()
        self.optimizer.step()

    def times(self, threads):
        torch.set_num_threads(threads)
        self.net.train(self.training)
        self.call()
        times = []
        for _ in range(CALLS):
            start = time.perf_counter()
            self.call()
            times.append(1e3 * (time.perf_counter() - start))
        return times


def lunet_times(bench, name, threads):
    command = [bench, "--json", "--only", name, "--threads", str(threads), "--repeat", str(CALLS)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(lines[0])["ms"]]


WORK = [  # lunet's name for it, batch, training
    ("paper step, batch 10", 10, True),
    ("paper predict, batch 10", 10, False),
    ("paper predict, batch 1", 1, False),
]


def compare(options, name, batch, training, threads):
    peers = [
        Torch("NCHW", torch.contiguous_format, batch, training),
        Torch("channels_last", torch.channels_last, batch, training),
    ]
    times = {"lunet": []}
    for _ in range(options.rounds):
        times["lunet"] += lunet_times(options.bench, name, threads)
        for peer in peers:
            times.setdefault(peer.name, []).extend(peer.times(threads))
    ours = statistics.median(times["lunet"])
    cells = [f"{name:<26}{threads:>8}{ours:>9.2f}"]
    for peer in peers:
        theirs = statistics.median(times[peer.name])
        cells.append(f"{theirs:>14.2f}{theirs / ours:>7.2f}x")
    print("".join(cells), flush=True)


def main():
    parser = argparse.ArgumentParser(description="lunet and PyTorch, alternating")
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, len(os.sched_getaffinity(0))}))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--bench", default="build/bench")
    options = parser.parse_args()
    print(f"\nPyTorch {torch.__version__}, ms, and how many times as long as lunet")
    print(f"{'':<26}{'threads':>8}{'lunet':>9}{'NCHW':>14}{'':>8}{'channels_last':>14}")
    for name, batch, training in WORK:
        for threads in options.threads:
            compare(options, name, batch, training, threads)


if __name__ == "__main__":
    main()
