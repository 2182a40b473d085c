"""One peer, one case, for compare.py to take turns with: python engines.py ENGINE MODEL infer|train PRECISION BATCH THREADS

ENGINE is eager (PyTorch, channels-last), compile (torch.compile), openvino or onnxruntime. Weights and pictures are random: speed alone
is compared here, numbers in the tests. Says 'ready', then answers each line 'SECONDS' by 'img/s p50 p90 p99' (milliseconds).
"""
import os
import sys
import tempfile
import time

import numpy as np


def torch_model(name):
    """The network as torchvision has it; the CIFAR ones, which it lacks, as the paper describes them, with option A."""
    import torch
    import torchvision

    torch.manual_seed(1)
    if not name.startswith("cifar_resnet"):
        return getattr(torchvision.models, name)(weights=None), 224

    class Block(torch.nn.Module):
        def __init__(self, c_in, c_out, stride):
            super().__init__()
            self.conv1 = torch.nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False)
            self.bn1 = torch.nn.BatchNorm2d(c_out)
            self.conv2 = torch.nn.Conv2d(c_out, c_out, 3, 1, 1, bias=False)
            self.bn2 = torch.nn.BatchNorm2d(c_out)
            self.stride, self.more = stride, c_out - c_in

        def forward(self, x):
            y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
            if self.stride > 1:
                x = torch.nn.functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.more))
            return torch.relu(y + x)

    blocks = (int(name.removeprefix("cifar_resnet")) - 2) // 6
    layers = [torch.nn.Conv2d(3, 16, 3, 1, 1, bias=False), torch.nn.BatchNorm2d(16), torch.nn.ReLU()]
    width = 16
    for c in (16, 32, 64):
        for i in range(blocks):
            layers.append(Block(width, c, 2 if i == 0 and c > 16 else 1))
            width = c
    return torch.nn.Sequential(*layers, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(64, 10)), 32


def torch_step(compiled, name, mode, precision, batch, threads):
    import torch

    torch.set_num_threads(threads)
    model, size = torch_model(name)
    model = model.to(memory_format=torch.channels_last)
    x = torch.randn(batch, 3, size, size).to(memory_format=torch.channels_last)
    if mode == "infer":
        model.eval()
        if precision == "bf16":
            model, x = model.to(torch.bfloat16), x.to(torch.bfloat16)
        elif precision != "fp32":
            sys.exit("no " + precision + " here")
        if compiled:
            torch._inductor.config.freezing = True
            model = torch.compile(model)

        def run():
            with torch.inference_mode() if not compiled else torch.no_grad():
                model(x)

        return run
    model.train()
    y = torch.randint(0, 10, (batch,))
    optimizer = torch.optim.SGD(model.parameters(), lr=5e-4, momentum=0.9, weight_decay=1e-4, foreach=True)

    def loss(x, y):
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            return torch.nn.functional.cross_entropy(model(x).float(), y)

    loss = torch.compile(loss) if compiled else loss

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss(x, y).backward()
        optimizer.step()

    return step


def onnx_file(name, batch):
    import torch

    model, size = torch_model(name)
    path = os.path.join(tempfile.mkdtemp(), "model.onnx")
    torch.onnx.export(model.eval(), torch.randn(batch, 3, size, size), path, input_names=["input"], dynamo=False)
    return path, np.random.default_rng(1).standard_normal((batch, 3, size, size), dtype=np.float32)


def quantized_onnx(path, x):
    """Static quantisation by ONNX Runtime's own tool: bytes by tensor, weights by channel."""
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.left = [{"input": x}]

        def get_next(self):
            return self.left.pop() if self.left else None

    quant_pre_process(path, path + ".pre")
    quantize_static(
        path + ".pre", path + ".q", Reader(), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
    return path + ".q"


def onnxruntime_step(name, mode, precision, batch, threads):
    import onnxruntime

    if mode != "infer" or precision == "bf16":
        sys.exit("no " + mode + " in " + precision + " here")
    path, x = onnx_file(name, batch)
    if precision == "int8":
        path = quantized_onnx(path, x)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"input": x})


def openvino_step(name, mode, precision, batch, threads):
    import openvino

    if mode != "infer":
        sys.exit("no training here")
    path, x = onnx_file(name, batch)
    core = openvino.Core()
    model = core.read_model(path)
    if precision == "int8":
        import nncf

        model = nncf.quantize(model, nncf.Dataset([x]), subset_size=1)
    hint = {"fp32": "f32", "bf16": "bf16", "int8": "f32"}[precision]
    latency = "LATENCY" if batch == 1 else "THROUGHPUT"
    compiled = core.compile_model(
        model, "CPU", {"INFERENCE_PRECISION_HINT": hint, "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1,
                       "PERFORMANCE_HINT": latency})
    request = compiled.create_infer_request()
    tensor = openvino.Tensor(x)
    return lambda: request.infer({0: tensor})


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not be taken for an answer
    engine, name, mode, precision, batch, threads = sys.argv[1:]
    batch, threads = int(batch), int(threads)
    if engine in ("eager", "compile"):
        step = torch_step(engine == "compile", name, mode, precision, batch, threads)
    else:
        step = {"onnxruntime": onnxruntime_step, "openvino": openvino_step}[engine](name, mode, precision, batch, threads)
    step()
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        seconds = float(line)
        step()  # wakes its threads
        times = []
        start = now = time.perf_counter()
        while now - start < seconds or len(times) < 3:
            step()
            after = time.perf_counter()
            times.append(1000 * (after - now))
            now = after
        p50, p90, p99 = np.percentile(times, [50, 90, 99])
        print(f"{len(times) * batch / (now - start):.3f} {p50:.3f} {p90:.3f} {p99:.3f}", file=answers, flush=True)


main()
