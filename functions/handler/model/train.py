#!/usr/bin/env python3
"""Makes digits.bin, the model of POST /digit, and held-out.bin, digits that it has not seen: train.py, with scikit-learn 1.9 installed.

The images are those that come with scikit-learn: Optical Recognition of Handwritten Digits, by E. Alpaydin and C. Kaynak, of the UCI
Machine Learning Repository, under CC BY 4.0. Each is 8 × 8 pixels of 0 to 16.

digits.bin: for either layer, its scale as a little-endian float, its weights, row by row, as signed bytes, and its biases as
little-endian floats; 64 × 24, then 24 × 10. held-out.bin: 65 bytes each, the digit and its pixels.
"""

import pathlib
import struct

import numpy
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

images, digits = load_digits(return_X_y=True)
seen, unseen, seen_digits, unseen_digits = train_test_split(images / 16, digits, test_size=297, random_state=7, stratify=digits)
model = MLPClassifier((24,), max_iter=3000, random_state=7, alpha=0.001).fit(seen, seen_digits)
folder = pathlib.Path(__file__).parent
with open(folder / "digits.bin", "wb") as file:
    for weights, biases in zip(model.coefs_, model.intercepts_):
        scale = numpy.abs(weights).max() / 127
        file.write(struct.pack("<f", scale))
        file.write(numpy.round(weights.T / scale).astype(numpy.int8).tobytes())
        file.write(biases.astype("<f4").tobytes())
with open(folder / "held-out.bin", "wb") as file:
    for image, digit in zip(unseen, unseen_digits):
        file.write(bytes([digit, *numpy.round(image * 16).astype(int)]))
print(f"{model.score(unseen, unseen_digits):.3f} of the unseen digits, before the weights are made bytes")
