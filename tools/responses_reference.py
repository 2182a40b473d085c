"""Prints paper/src/test/resources/golden/responses.csv: deviations of layer responses of trained CIFAR-10 networks, by PyTorch.

Usage: python tools/responses_reference.py DATA > paper/src/test/resources/golden/responses.csv        needs torch and numpy; takes seconds

DATA has cifar10-weights/*.th of akamaster/pytorch_resnet_cifar10 and cifar-10-batches-bin/test_batch.bin. A response is the output of a
batch norm behind a 3x3 convolution, before ReLU or addition (figure 7 of He et al. 2015); its deviation is that of all its numbers over the
first 1000 test pictures, in float64. The network is written down here once more, so that only the weights are common to both.
"""
import pathlib
import sys

import numpy
import torch
from torch.nn.functional import batch_norm, conv2d, pad

PICTURES = 1000
data = pathlib.Path(sys.argv[1])
rows = numpy.fromfile(data / "cifar-10-batches-bin" / "test_batch.bin", numpy.uint8).reshape(-1, 3073)[:PICTURES, 1:]
mean = numpy.array([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
std = numpy.array([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1)
pictures = torch.from_numpy((rows.reshape(-1, 3, 32, 32) / 255.0 - mean) / std)

print("network,layer,deviation")
for file in sorted((data / "cifar10-weights").glob("*.th")):
    weights = torch.load(file, map_location="cpu", weights_only=True)["state_dict"]
    weights = {k.removeprefix("module."): v.double() for k, v in weights.items()}
    network = "cifar_" + file.name.split("-")[0]

    def response(name, x, stride=1):
        norm = name.replace("conv", "bn")
        y = conv2d(x, weights[name + ".weight"], stride=stride, padding=1)
        y = batch_norm(
            y,
            weights[norm + ".running_mean"],
            weights[norm + ".running_var"],
            weights[norm + ".weight"],
            weights[norm + ".bias"],
        )
        print(f"{network},{name},{y.std(correction=0).item():.9g}")
        return y

    with torch.no_grad():
        x = response("conv1", pictures).relu()
        for stage in (1, 2, 3):
            block = 0
            while f"layer{stage}.{block}.conv1.weight" in weights:
                name = f"layer{stage}.{block}"
                stride = 2 if stage > 1 and block == 0 else 1
                y = response(name + ".conv2", response(name + ".conv1", x, stride).relu())
                if stride == 2:
                    quarter = y.shape[1] // 4
                    x = pad(x[:, :, ::2, ::2], (0, 0, 0, 0, quarter, quarter))
                x = (y + x).relu()
                block += 1
