"""Ours and its peers in turns, each a process of its own that is stopped while another runs:

python bench/peers/compare.py FILE.csv [--rounds 5] [--seconds 5] [--threads 2] [--python PYTHON] CASE...

CASE is MODEL:infer|train:fp32|bf16|int8:BATCH[:PEER,PEER]; without peers all that can run it. Refuses to start on a machine that is busy.
Needs torch, torchvision, onnx, onnxruntime, openvino and nncf where PYTHON points to; what is not there is left out and said.
"""
import argparse
import datetime
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = {
    ("infer", "fp32"): ["eager", "compile", "openvino", "onnxruntime"],
    ("infer", "bf16"): ["eager", "compile", "openvino"],
    ("infer", "int8"): ["openvino", "onnxruntime"],
    ("train", "fp32"): ["eager", "compile"],
    ("train", "bf16"): ["eager", "compile"],
}


class Side:
    """A process that times itself when asked."""

    def __init__(self, name, command):
        self.name = name
        self.rows = []
        self.errors = tempfile.TemporaryFile("w+")  # no pipe: nobody reads it while the process runs
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True, start_new_session=True,
            env={k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"})

    def signal(self, which):
        os.killpg(self.process.pid, which)

    def ask(self, seconds):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.last_error())
        return [float(word) for word in line.split()]

    def last_error(self):
        self.process.wait()
        self.errors.seek(0)
        return (self.errors.read().strip().splitlines() or ["no answer"])[-1]

    def close(self):
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        self.process.wait()


def start(name, case, arguments):
    model, mode, precision, batch = case[:4]
    if name == "resnet4j":
        side = Side(name, [str(ROOT / "resnet"), "bench", "--threads", str(arguments.threads), "--serve", ":".join(case[:4])])
    else:
        side = Side(name, [arguments.python, str(HERE / "engines.py"), name, model, mode, precision, batch, str(arguments.threads)])
        line = side.process.stdout.readline()
        if line.strip() != "ready":
            raise RuntimeError(side.last_error())
    side.ask(arguments.seconds)  # warms up
    side.signal(signal.SIGSTOP)
    return side


def busy():
    """Share of the processors that others used in the last second."""
    def read():
        numbers = [int(n) for n in open("/proc/stat").readline().split()[1:]]
        return sum(numbers), numbers[3] + numbers[4]

    all0, idle0 = read()
    time.sleep(1)
    all1, idle1 = read()
    return 1 - (idle1 - idle0) / max(1, all1 - all0)


def compare(case, arguments):
    names = case[4].split(",") if len(case) > 4 else PEERS[case[1], case[2]]
    sides = [start("resnet4j", case, arguments)]
    missing = []
    for name in names:
        try:
            sides.append(start(name, case, arguments))
        except RuntimeError as e:
            missing.append(f"{name}: {e}")
    share = busy()
    if share > 0.05:
        sys.exit(f"the machine is busy: others use {100 * share:.0f} % of it")
    for _ in range(arguments.rounds):
        for side in sides:
            side.signal(signal.SIGCONT)
            side.rows.append(side.ask(arguments.seconds))
            side.signal(signal.SIGSTOP)
    for side in sides:
        side.close()
    return sides, missing


def lines(case, sides, missing):
    ours = sides[0]
    for side in sides:
        rates = [row[0] for row in side.rows]
        ratios = [a[0] / b[0] for a, b in zip(ours.rows, side.rows)]
        p50 = statistics.median(row[1] for row in side.rows)
        p99 = statistics.median(row[3] for row in side.rows)
        yield (f"{','.join(case[:4])},{side.name},{statistics.median(rates):.2f},{min(rates):.2f},{max(rates):.2f},{p50:.2f},{p99:.2f},"
               f"{statistics.median(ratios):.3f}")
    for name in missing:
        yield f"# {':'.join(case[:4])}, not run: {name}"


def versions(python):
    code = ("import importlib.metadata as m\nfor p in ('torch', 'torchvision', 'openvino', 'onnxruntime', 'nncf'):\n"
            "  try: print(p, m.version(p))\n  except m.PackageNotFoundError: print(p, 'absent')")
    return subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.strip().replace("\n", ", ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("cases", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--python", default=sys.executable)
    arguments = parser.parse_args()
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    head = [
        f"# bench/peers/compare.py --rounds {arguments.rounds} --seconds {arguments.seconds} --threads {arguments.threads} "
        + " ".join(arguments.cases),
        f"# {cpu}, {os.cpu_count()} processors, {datetime.date.today()}, load before {open('/proc/loadavg').read().strip()}, commit {commit}",
        f"# {versions(arguments.python)}; in turns, medians over the rounds; ratio: resnet4j's img/s over this engine's",
        "model,mode,precision,batch_size,engine,samples_per_sec,samples_per_sec_min,samples_per_sec_max,step_time_p50,step_time_p99,ratio",
    ]
    rows = []
    for text in arguments.cases:
        case = text.split(":")
        sides, missing = compare(case, arguments)
        for line in lines(case, sides, missing):
            print(line, flush=True)
            rows.append(line)
        pathlib.Path(arguments.file).write_text("\n".join(head + rows) + "\n")


main()
