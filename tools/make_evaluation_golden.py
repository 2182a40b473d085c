"""Expected calibration error, loss and Wilson intervals of answers that are a function of (sample, class), by NumPy in float64.

The numbers that it prints stand in MeasuresTest. Logits: ((37 * sample + 101 * class + 13 * sample * class) % 97) / 12; label: sample % 7.
"""
import numpy as np

SAMPLES, CLASSES, BINS = 200, 7, 15
i = np.arange(SAMPLES)[:, None]
c = np.arange(CLASSES)[None, :]
logits = (((37 * i + 101 * c + 13 * i * c) % 97).astype(np.float32) / np.float32(12)).astype(np.float64)
labels = np.arange(SAMPLES) % CLASSES
p = np.exp(logits - logits.max(1, keepdims=True))
p /= p.sum(1, keepdims=True)
answer = p.argmax(1)
confidence = p.max(1)
right = answer == labels
order = np.argsort(-logits, axis=1, kind="stable")
right5 = (order[:, :5] == labels[:, None]).any(1)
ece = 0.0
for b in range(BINS):
    inside = (confidence > b / BINS) & (confidence <= (b + 1) / BINS)
    if inside.any():
        ece += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
nll = -np.log(p[np.arange(SAMPLES), labels]).mean()
print("right", right.sum(), "right5", right5.sum(), "ece %.12f" % ece, "nll %.12f" % nll)
z = 1.959963984540054
for k, n in [(int(right.sum()), SAMPLES), (9173, 10000), (5, 5), (0, 10)]:
    q = k / n
    d = 1 + z * z / n
    m = (q + z * z / (2 * n)) / d
    h = z / d * np.sqrt(q * (1 - q) / n + z * z / (4 * n * n))
    print(k, n, "%.12f %.12f" % (m - h, m + h))
