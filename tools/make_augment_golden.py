"""Makes data/src/test/resources/augment/golden.json: what torchvision does to two pictures.

Usage: python tools/make_augment_golden.py        needs torch, torchvision, pillow and numpy; takes a second

Every operation of RandAugment and of TrivialAugmentWide at several bins and both signs, as the CRC-32 of the result's bytes; and the
parts and results of crops. The pictures are formulas, repeated in org.resnet4j.augment.GoldenAugmentTest.
"""
import json
import pathlib
import zlib

import numpy
import torch
from make_golden import uniform
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms.autoaugment import RandAugment, TrivialAugmentWide, _apply_op
from torchvision.transforms import functional as F

OUT = pathlib.Path(__file__).parent.parent / "data/src/test/resources/augment/golden.json"
WIDTH, HEIGHT = 37, 29
BINS = [0, 1, 9, 17, 30]


def noise():
    u = uniform("augment", 3 * WIDTH * HEIGHT)
    return ((u + numpy.float32(1)) * numpy.float32(64)).astype(numpy.int32) + 40


def ramp():
    i = numpy.arange(3 * WIDTH * HEIGHT)
    p, c = i // 3, i % 3
    return (p % WIDTH * 3 + p // WIDTH * 5 + c * 40) % 180 + 20


def picture(values):
    return Image.fromarray(values.astype(numpy.uint8).reshape(HEIGHT, WIDTH, 3), "RGB")


def crc(image):
    return f"{zlib.crc32(image.tobytes()):08x}"


NAMES = {"Identity": "IDENTITY", "ShearX": "SHEAR_X", "ShearY": "SHEAR_Y", "TranslateX": "TRANSLATE_X", "TranslateY": "TRANSLATE_Y",
         "Rotate": "ROTATE", "Brightness": "BRIGHTNESS", "Color": "COLOUR", "Contrast": "CONTRAST", "Sharpness": "SHARPNESS",
         "Posterize": "POSTERIZE", "Solarize": "SOLARIZE", "AutoContrast": "AUTO_CONTRAST", "Equalize": "EQUALIZE"}
cases = {}
for space, meta in (("RANDOM", RandAugment()._augmentation_space(31, (HEIGHT, WIDTH))),
                    ("WIDE", TrivialAugmentWide()._augmentation_space(31))):
    for op, (magnitudes, signed) in meta.items():
        for bin in BINS:
            for sign in (1, -1) if signed else (1,):
                m = sign * float(magnitudes[bin].item()) if magnitudes.ndim else 0.0
                for kind, make in (("noise", noise), ("ramp", ramp)):
                    done = _apply_op(picture(make()), op, m, InterpolationMode.NEAREST, None)
                    cases[f"{space} {NAMES[op]} {bin} {sign} {kind}"] = crc(done)
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(cases, indent=0) + "\n")
print(len(cases))
