#!/usr/bin/env python3
"""lunet against others at the same work, alternating in one run: ms, ratios, and peak memory.

The product needs nothing of this. Peers that are not installed are left out. Install them in a virtual environment
outside the repository:

    python3 -m venv ~/peers
    ~/peers/bin/pip install torch                          # PyTorch
    ~/peers/bin/pip install keras tensorflow-cpu jax       # Keras on TensorFlow and on JAX
    ~/peers/bin/pip install scikit-image opencv-python-headless bm3d
    make build/bench
    ~/peers/bin/python tests/bench/peers.py                # --help: fewer rounds, some of the work, torch.compile

`make bench` runs it when python3 finds torch. Where they do not fit into one environment, --python names the
interpreters of several; --peers says which to run.

Machines change speed while one measures, so every round times lunet (a fresh build/bench) and then each peer, and the
ratio is the median of the rounds' ratios; behind it stand the best times and their ratio, which other load on the
machine moves less. Every peer is a process of its own, which sleeps while others are timed. Same networks, batch,
threads, Adam 1e-3 and loss (binary cross-entropy, taken from the logits; mean squared error for DnCNN) on both sides;
float32 unless the peer's name says otherwise. Memory is the process's peak in the first round of that work.
"""
import argparse
import importlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # nothing is left in the repository

import peer_work  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
# Name: module, variant, option that asks for it ("" for always).
PEERS = {
    "PyTorch": ("peer_torch", "nchw", ""),
    "PyTorch, channels_last": ("peer_torch", "channels_last", ""),
    "PyTorch, channels_last, compiled": ("peer_torch", "compiled", "compile"),
    "PyTorch, channels_last, bfloat16": ("peer_torch", "bfloat16", "bfloat16"),
    "Keras on TensorFlow": ("peer_keras", "tensorflow", ""),
    "Keras on JAX": ("peer_keras", "jax", ""),
    "scikit-image": ("peer_images", "scikit-image", ""),
    "OpenCV": ("peer_images", "opencv", ""),
    "bm3d": ("peer_images", "bm3d", ""),
    "NumPy": ("peer_numpy", "", ""),
}
DEBIAN = "/usr/bin/python3"  # whose NumPy (python3-numpy) is the one to compare with, if it is there
WORK = {work.name: work for work in peer_work.ALL}
LONGEST = 2.0  # seconds of one round of one peer, after which three calls are enough


# ---- In a peer's process: one question a line on standard input, one answer a line on standard output. ----

def peak_memory():
    """MB, since the latest call of forget_peak_memory."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0


def forget_peak_memory():
    try:
        pathlib.Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass  # then it is the peak of the whole process


def time_ms(call, repeat, clock):
    times, begin = [], clock()
    while len(times) < repeat and (len(times) < 3 or clock() - begin < LONGEST):
        start = clock()
        calls = 0
        while calls == 0 or clock() - start < 1e-3:
            call()
            calls += 1
        times.append(1e3 * (clock() - start) / calls)
    return statistics.median(times), min(times)


def serve(name, threads, clock):
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is not an answer

    def answer(**values):
        print(json.dumps(values), file=answers, flush=True)

    module, variant, _ = PEERS[name]
    try:
        peer = importlib.import_module(module).Peer(variant, threads)
        answer(version=peer.version())
    except ImportError as error:
        answer(missing=str(error))
        return
    current = call = None
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if question["work"] != current:
                call = None
                forget_peak_memory()
                current, call = question["work"], peer.prepare(WORK[question["work"]])
                for _ in range(2 if call else 0):
                    call()  # caches filled, memory made, code compiled
            answer(ms=call and time_ms(call, question["repeat"], clock), mb=peak_memory())
        except Exception as error:  # a peer that cannot do it is left out, with what it said
            current = None
            answer(failed=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")


# ---- In the main process ----

class Peer:
    def __init__(self, options, python, name, threads):
        self.name, self.failed = name, set()
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        command = [python, str(HERE / "peers.py"), "--serve", name, "--threads", str(threads)]
        command += ["--cpu-time"] * options.cpu_time
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment, stderr=None if options.verbose else subprocess.DEVNULL)
        self.about = self.read()

    def read(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"failed": "its process ended", "missing": "its process ended"}

    def time(self, work, repeat):
        """(ms, best ms, MB), or None for work that is not for this peer."""
        if work in self.failed:
            return None
        try:
            print(json.dumps({"work": work, "repeat": repeat}), file=self.process.stdin, flush=True)
            answer = self.read()
        except BrokenPipeError:
            answer = {"failed": "its process ended"}
        if answer.get("ms") is None:
            self.failed.add(work)
            if "failed" in answer:
                print(f"  {self.name:34} failed: {answer['failed']}")
            return None
        return *answer["ms"], answer["mb"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def time_lunet(options, work, threads):
    command = [options.bench, "--json", "--only", "=" + work, "--threads", str(threads),
               "--repeat", str(options.repeat)]
    command += ["--cpu-time"] * options.cpu_time
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    rows = [json.loads(line) for line in output.splitlines()]
    if status != 0 or len(rows) != 1:
        sys.exit(f"peers: '{' '.join(command)}' reports no '{work}'")
    return rows[0]["ms"], rows[0]["best_ms"], usage.ru_maxrss / 1024


def compare(options, work, threads, peers):
    rounds = []
    for _ in range(options.rounds):
        times = {"lunet": time_lunet(options, work, threads)}
        for peer in peers:
            result = peer.time(work, options.repeat)
            if result is not None:
                times[peer.name] = result
        rounds.append(times)
    print(f"{work}, {threads} thread{'s' if threads > 1 else ''}")
    for name in rounds[0]:  # lunet first
        here = [times for times in rounds if name in times]
        ms = statistics.median(times[name][0] for times in here)
        ratio = statistics.median(times[name][0] / times["lunet"][0] for times in here)
        best, best_lunet = (min(times[who][1] for times in rounds if who in times) for who in (name, "lunet"))
        print(f"  {name:34} {ms:10.4g} ms {ratio:8.2f} x   best {best:10.4g} ms {best / best_lunet:8.2f} x"
              f" {here[0][name][2]:7.0f} MB")
    print(flush=True)


def has_amx():
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    return cpuinfo.exists() and " amx_bf16" in cpuinfo.read_text()


def start_peer(options, name, threads):
    """A list of one, or none."""
    debian = [DEBIAN] if PEERS[name][0] == "peer_numpy" and pathlib.Path(DEBIAN).exists() else []
    for python in debian + options.python:
        peer = Peer(options, python, name, threads)
        if "missing" not in peer.about:
            print(f"{name}: {peer.about['version']}")
            return [peer]
        peer.close()
    print(f"{name}: not installed: skipped ({peer.about['missing']})")
    return []


def start_peers(options, names, threads):
    peers = []
    for name in names:
        wish = PEERS[name][2]
        if wish == "bfloat16" and not options.bfloat16 and not has_amx():
            print(f"{name}: no AMX in this processor (--bfloat16 runs it all the same): skipped")
        elif wish != "compile" or options.compile:
            peers += start_peer(options, name, threads)
    print(flush=True)
    return peers


def wanted(options, name):
    return any(part in name for part in options.only.split(";"))


def modules_for(work):
    """Who can do it."""
    if work.net:
        return {"peer_torch", "peer_keras"}
    return {"peer_numpy"} if work.kind == "tensor" else {"peer_images"}


def run(options):
    names = [name for name in PEERS if options.peers is None or any(part in name for part in options.peers)]
    for threads in options.threads:
        work = [w for w in peer_work.ALL if wanted(options, w.name)
                and (w.net or w.name.startswith("tensor ") or threads == options.threads[0] == 1)]
        for modules in ({"peer_torch", "peer_keras"}, {"peer_images"}, {"peer_numpy"}):
            group = [w.name for w in work if modules_for(w) == modules]
            chosen_names = [n for n in names if PEERS[n][0] in modules]
            peers = start_peers(options, chosen_names, threads) if group else []
            for each in group if peers else []:
                compare(options, each, threads, peers)
            for peer in peers:
                peer.close()


def main():
    parser = argparse.ArgumentParser(description="lunet against others at the same work, alternating in one run")
    bench = HERE.parents[1] / "build" / "bench"
    parser.add_argument("--bench", default=str(bench), help="lunet's program (default: %(default)s)")
    parser.add_argument("--python", nargs="+", default=[sys.executable], metavar="PROGRAM",
                        help="interpreters to find peers in (default: this one)")
    parser.add_argument("--peers", nargs="+", metavar="NAME",
                        help="only those with NAME in their name: " + "; ".join(PEERS))
    parser.add_argument("--only", default="", metavar="NAME",
                        help="only work with NAME in its name, as build/bench has it; several with ; between")
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, len(os.sched_getaffinity(0))}),
                        help="default: 1, and all there are; filters and metrics on 1")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--repeat", type=int, default=5, help="calls in a round, default: 5")
    parser.add_argument("--compile", action="store_true", help="torch.compile as well (takes minutes)")
    parser.add_argument("--bfloat16", action="store_true", help="bfloat16 also where there is no AMX")
    parser.add_argument("--cpu-time", action="store_true",
                        help="processor time, which other load on the machine moves less; on one thread")
    parser.add_argument("--verbose", action="store_true", help="show what peers write to standard error")
    parser.add_argument("--serve", metavar="NAME", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cpu_time:
        options.threads = [1]
    if options.serve:
        clock = time.process_time if options.cpu_time else time.perf_counter
        serve(options.serve, options.threads[0], clock)
        return
    if not pathlib.Path(options.bench).exists():
        sys.exit(f"peers: no {options.bench}; build it with: make build/bench")
    run(options)


if __name__ == "__main__":
    main()
