#!/usr/bin/env python3
"""lunet against PyTorch on the paper's network, alternating in one run: medians in ms and ratios.

The product needs nothing of this. Install the peers aside, in a virtual environment outside the repository:

    python3 -m venv ~/peers
    ~/peers/bin/pip install torch
    make build/bench
    ~/peers/bin/python tests/bench/peers.py

`make bench` runs it when python3 finds torch.
Machines change speed while one measures, so every round times lunet (a fresh build/bench) and then each peer, and the
ratio is the median of the rounds' ratios. Same batch, same threads, float32, Adam 1e-3 and binary cross-entropy on both
sides; the peers take the loss from the logits, so it is fused there as it is in lunet.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = [  # as build/bench names it, batch, training
    ("paper step, batch 10", 10, True),
    ("paper predict, batch 10", 10, False),
    ("paper predict, batch 1", 1, False),
]


def paper_network():
    """112,001 parameters; the sigmoid is left to the loss, and to predict()."""
    def conv(channels, filters):
        return nn.Conv2d(channels, filters, 3, padding=1)

    return nn.Sequential(
        conv(1, 64), nn.ReLU(inplace=True), nn.MaxPool2d(2), conv(64, 64), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        conv(64, 64), nn.ReLU(inplace=True), nn.Upsample(scale_factor=2), conv(64, 64), nn.ReLU(inplace=True),
        nn.Upsample(scale_factor=2), conv(64, 1))


class Torch:
    """PyTorch in one memory format, perhaps compiled."""

    def __init__(self, batch, memory_format, compiled=False):
        torch.manual_seed(42)
        self.net = paper_network().to(memory_format=memory_format)
        self.run = torch.compile(self.net) if compiled else self.net
        self.noisy, self.clean = (torch.rand(batch, 1, 64, 64).to(memory_format=memory_format) for _ in range(2))
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=1e-3)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = F.binary_cross_entropy_with_logits(self.run(self.noisy), self.clean)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def predict(self):
        with torch.inference_mode():
            return torch.sigmoid(self.run(self.noisy))

    def time(self, training, repeat):
        """Median ms of `repeat` calls, after two that are not counted."""
        call = self.step if training else self.predict
        times = []
        for _ in range(repeat + 2):
            start = time.perf_counter()
            call()
            times.append(1e3 * (time.perf_counter() - start))
        return statistics.median(times[2:])


def time_lunet(bench, work, threads, repeat):
    command = [bench, "--json", "--only", work, "--threads", str(threads), "--repeat", str(repeat)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        row = json.loads(line)
        if row["name"] == work and row["threads"] == threads:
            return row["ms"]
    sys.exit(f"peers: '{' '.join(command)}' reports no '{work}'")


def make_peers(options, batch):
    peers = {"PyTorch": Torch(batch, torch.contiguous_format),
             "PyTorch, channels_last": Torch(batch, torch.channels_last)}
    if options.compile:
        peers["PyTorch, channels_last, compiled"] = Torch(batch, torch.channels_last, compiled=True)
    return peers


def compare(options, work, batch, training, threads):
    torch.set_num_threads(threads)
    peers = make_peers(options, batch)
    rounds = []
    for _ in range(options.rounds):
        times = {"lunet": time_lunet(options.bench, work, threads, options.repeat)}
        for name, peer in peers.items():
            times[name] = peer.time(training, options.repeat)
        rounds.append(times)
    print(f"{work}, {threads} thread{'s' if threads > 1 else ''}")
    for name in rounds[0]:  # lunet first
        ms = statistics.median(times[name] for times in rounds)
        ratio = statistics.median(times[name] / times["lunet"] for times in rounds)
        print(f"  {name:40} {ms:9.2f} ms   {ratio:6.2f} x lunet")
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description="lunet against PyTorch, alternating in one run")
    parser.add_argument("--bench", default=str(ROOT / "build" / "bench"), help="lunet's program (default: %(default)s)")
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, len(os.sched_getaffinity(0))}),
                        help="default: 1, and all there are")
    parser.add_argument("--rounds", type=int, default=7, help="default: 7")
    parser.add_argument("--repeat", type=int, default=5, help="calls in a round, default: 5")
    parser.add_argument("--compile", action="store_true", help="torch.compile as well (takes a minute)")
    options = parser.parse_args()
    if not pathlib.Path(options.bench).exists():
        sys.exit(f"peers: no {options.bench}; build it with: make build/bench")
    print(f"PyTorch {torch.__version__}")
    for work, batch, training in WORK:
        for threads in options.threads:
            compare(options, work, batch, training, threads)


if __name__ == "__main__":
    main()
