"""What each augmentation costs for a batch of 64 windows, as a share of one training step of a CNN.

    python benchmarks/augmentation_speed.py [--rounds 60]

A step is what ``CNNClassifier`` does with a batch at its defaults: forward, loss, backward, clipping and
optimizer, without the reading of windows. Windows of 128 timesteps with 6 channels (acceleration and
angular rate) and 9 (and magnetic field), one thread. Each round times one step and then each augmentation,
in turn, so that whatever else the machine does falls on all alike; the figures are medians over rounds, of
milliseconds and of the ratio within a round. Takes about ten seconds.
"""

import argparse
import os
import time

os.environ["OMP_NUM_THREADS"] = "1"  # read when the libraries below are imported

import numpy as np
import torch

from sklearn_har._core._augmenting import augment, prepare_augmentation
from sklearn_har.classifiers import CNNClassifier
from sklearn_har.sampling import (
    ChannelDropout,
    Crop,
    Jitter,
    MagnitudeWarp,
    MixUp,
    Rotate,
    Scale,
    TimeShift,
    TimeWarp,
)
from sklearn_har.windowing import Windows

BATCH_SIZE, N_TIMESTEPS, N_CLASSES = 64, 128, 6
NAMES = [f"{sensor}_{axis}" for sensor in ("acc", "gyro", "mag") for axis in "xyz"]
AUGMENTATIONS = {
    "Jitter": Jitter(),
    "Scale": Scale(),
    "Rotate": Rotate(30),
    "Rotate, given axis": Rotate(30, axis=[0, 0, 1]),
    "TimeWarp": TimeWarp(),
    "MagnitudeWarp": MagnitudeWarp(),
    "TimeShift": TimeShift(),
    "Crop": Crop(),
    "ChannelDropout": ChannelDropout(),
    "MixUp": MixUp(),
    "Jitter, half the windows": Jitter(probability=0.5),
    "Jitter, Rotate, TimeWarp": [Jitter(), Rotate(30), TimeWarp()],
}


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compared(n_channels, n_rounds):
    """Seconds of a step and of each augmentation, an array (n_rounds, 1 + n_augmentations)."""
    rng = np.random.default_rng(0)
    labels = np.arange(10 * BATCH_SIZE) % N_CLASSES
    values = rng.normal(size=(len(labels), N_TIMESTEPS, n_channels)) * (1 + labels[:, None, None])
    windows = Windows(values.astype(np.float32), channel_names=NAMES[:n_channels])
    model = CNNClassifier(epochs=1, device="cpu", verbose=False, keep_optimizer=True, random_state=0)
    net = model.fit(windows, labels).net_
    batch = torch.from_numpy(values[:BATCH_SIZE].astype(np.float32))
    targets = torch.as_tensor(labels[:BATCH_SIZE]), torch.ones(BATCH_SIZE)
    generator = torch.Generator().manual_seed(0)
    channels = windows.channel_names, values.mean(axis=(0, 1)), values.std(axis=(0, 1))
    calls = [lambda: net.train_step((batch, targets))]
    for augmentation in AUGMENTATIONS.values():
        steps = prepare_augmentation(augmentation, *channels)
        calls.append(lambda steps=steps: augment(steps, batch, generator))
    for call in calls:
        call()
    return np.array([[seconds(call) for call in calls] for _ in range(n_rounds)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    n_rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    spent = [compared(n_channels, n_rounds) for n_channels in (6, 9)]
    print("| | 6 channels | share of a step, 6 channels | 9 channels | share of a step, 9 channels |")
    print("|---|---|---|---|---|")
    for place, name in enumerate(["a step", *AUGMENTATIONS]):
        cells = []
        for times in spent:
            share = np.median(times[:, place] / times[:, 0])
            cells += [f"{1e3 * np.median(times[:, place]):.3f} ms", f"{100 * share:.2f} %"]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
