"""Seconds that networks take to train and to predict, against the same without this library.

    python benchmarks/network_speed.py [--windows 7415] [--epochs 5] [--keras-python PATH]

An LSTM of 100 units in batches of 64, one thread each, on the same float32 windows, one epoch of each
contender in turn, in a process of its own: ``LSTMClassifier.partial_fit`` (with all its checks), a bare
loop over torch's layers, skorch's ``NeuralNetClassifier`` as it comes, and Keras. Medians of wall and of
processor time; the latter means more where other processes use the machine. Then the cost of
``predict_proba`` for one window against the bare module, the size of a pickle, and the time of an import.

On an AMD EPYC that others used too, with torch 2.13, an epoch took LSTMClassifier 4.2 seconds of the
processor, Keras 5.0, the bare loop 6.0 and skorch 6.1. The three of torch compute the same; what
LSTMClassifier saves is the clearing of memory for each batch, so less of it where that is fast.

Takes some three minutes. Keras runs in an environment of its own:

    python -m venv keras-venv
    keras-venv/bin/pip install tensorflow-cpu==2.21.0 keras==3.15.1
    python benchmarks/network_speed.py --keras-python keras-venv/bin/python
"""

import argparse
import os
import pickle
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
os.environ.update(dict.fromkeys(THREADS, "1"))  # read when the libraries below are imported

import numpy as np  # noqa: E402

N_TIMESTEPS, N_CHANNELS, N_CLASSES = 128, 6, 6
UNITS, BATCH_SIZE, LEARNING_RATE = 100, 64, 0.001


def random_windows(n_windows):
    """Noise, somewhat louder in each class."""
    rng = np.random.default_rng(0)
    y = rng.integers(N_CLASSES, size=n_windows)
    noise = rng.normal(size=(n_windows, N_TIMESTEPS, N_CHANNELS))
    return (noise * (1 + y[:, None, None])).astype(np.float32), y


def clocks():
    return np.array([time.perf_counter(), time.process_time()])


def timed(call):
    """Seconds of wall and of processor time."""
    start = clocks()
    call()
    return clocks() - start


def our_lstm(**options):
    """The LSTM that the others train too: nothing but its layer and the last one."""
    from sklearn_har.classifiers import LSTMClassifier

    return LSTMClassifier(
        lstm_units=UNITS,
        timesteps_per_step=1,
        pooling="last",
        dropout=0.0,
        instance_channels=False,
        rotation=0,
        batch_size=BATCH_SIZE,
        optimizer="adam",
        learning_rate=LEARNING_RATE,
        weight_decay=0,
        max_gradient_norm=None,
        device="cpu",
        verbose=False,
        random_state=0,
        **options,
    )


def our_epoch(X, y):
    model = our_lstm(keep_optimizer=True)
    return lambda: model.partial_fit(X, y)


def plain_module():
    """The same layers in torch alone."""
    from torch import nn

    class PlainLSTM(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(N_CHANNELS, UNITS, batch_first=True)
            self.head = nn.Linear(UNITS, N_CLASSES)

        def forward(self, windows):
            _, (states, _) = self.lstm(windows)
            return self.head(states[-1])

    return PlainLSTM()


def bare_epoch(X, y):
    """Torch and nothing else."""
    import torch

    module = plain_module()
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    optimizer = torch.optim.Adam(module.parameters(), lr=LEARNING_RATE)
    loss_of = torch.nn.CrossEntropyLoss()

    def epoch():
        module.train()
        for positions in torch.randperm(len(X)).split(BATCH_SIZE):
            optimizer.zero_grad()
            loss_of(module(X[positions]), y[positions]).backward()
            optimizer.step()

    return epoch


def skorch_epoch(X, y):
    import torch
    from skorch import NeuralNetClassifier

    net = NeuralNetClassifier(
        plain_module(),
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=LEARNING_RATE,
        batch_size=BATCH_SIZE,
        iterator_train__shuffle=True,
        train_split=None,
        max_epochs=1,
        verbose=0,
    )
    return lambda: net.partial_fit(X, y)


def keras_epoch(X, y):
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [layers.Input((N_TIMESTEPS, N_CHANNELS)), layers.LSTM(UNITS), layers.Dense(N_CLASSES)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(LEARNING_RATE), loss)
    return lambda: model.fit(X, y, batch_size=BATCH_SIZE, epochs=1, verbose=0)


EPOCHS = {
    "LSTMClassifier": our_epoch,
    "bare torch loop": bare_epoch,
    "plain skorch": skorch_epoch,
    "Keras": keras_epoch,
}


def answer(name, n_windows):
    """Train an epoch for each line read, write its seconds: the part that runs in a contender's process."""
    epoch = EPOCHS[name](*random_windows(n_windows))
    for _ in sys.stdin:
        wall, processor = timed(epoch)
        print("seconds", wall, processor, flush=True)


class Contender:
    """An epoch in another process, whose memory no other contender has arranged."""

    def __init__(self, name, n_windows, python=sys.executable):
        self.name = name
        command = [python, __file__, "--answer", name, "--windows", str(n_windows)]
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)

    def __call__(self):
        print(file=self.process.stdin, flush=True)
        for line in self.process.stdout:
            if line.startswith("seconds"):
                return np.array(line.split()[1:], dtype=float)
        sys.exit(f"The process of {self.name} ended; its message is above.")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def compare_training(n_windows, n_epochs, keras_python):
    pythons = dict.fromkeys(EPOCHS, sys.executable) | {"Keras": keras_python}
    with ExitStack() as stack:
        epochs = [
            stack.enter_context(Contender(name, n_windows, python))
            for name, python in pythons.items()
            if python
        ]
        for epoch in epochs:  # none pays for its first call
            epoch()
        rounds = [[epoch() for epoch in epochs] for _ in range(n_epochs)]
    medians = np.median(rounds, axis=0)
    print(f"An epoch of an LSTM of {UNITS} units, {n_windows:,} windows; medians of {n_epochs}")
    for epoch, (wall, processor) in zip(epochs, medians, strict=True):
        ratios = medians[0] / (wall, processor)
        print(
            f"  {epoch.name:<22}{wall:8.2f} s, of the processor {processor:6.2f} s;   "
            f"ours {ratios[0]:.2f} times, {ratios[1]:.2f} of the processor",
            flush=True,
        )


def compare_predictions(n_calls):
    """One window: what the classifier adds to its module."""
    import torch

    from sklearn_har.classifiers import CNNClassifier, CNNLSTMClassifier, LSTMClassifier
    from sklearn_har.windowing import sliding_windows

    X, y = random_windows(256)
    one = X[:1]
    windows, _ = sliding_windows(one[0], np.zeros(N_TIMESTEPS), window_length=N_TIMESTEPS, tail="drop")
    print(f"One window; medians of {n_calls}")
    for classifier in (LSTMClassifier, CNNClassifier, CNNLSTMClassifier):
        model = classifier(epochs=1, device="cpu", verbose=False, random_state=0).fit(X, y)
        report_prediction(model, one, windows, n_calls)
        sizes = [len(pickle.dumps(item)) / 1e3 for item in (model, model.module_)]
        state = sum(values.nbytes for values in model.module_.state_dict().values()) / 1e3
        print(f"    pickle {sizes[0]:.0f} kB, of its module {sizes[1]:.0f} kB, numbers {state:.0f} kB")
    assert torch.get_num_threads() == 1


def report_prediction(model, one, windows, n_calls):
    import torch

    values, module = torch.from_numpy(one), model.module_

    def bare():
        with torch.inference_mode():
            module(values)

    calls = {
        "its bare module": bare,
        "Windows": lambda: model.predict_proba(windows),
        "3-D array": lambda: model.predict_proba(one),
    }
    rounds = [[timed(call) for call in calls.values()] for _ in range(n_calls)]
    medians = np.median(rounds, axis=0)[:, 0] * 1e6
    print(f"  {type(model).__name__}")
    for name, median in zip(calls, medians, strict=True):
        print(f"    {name:<20}{median:8.0f} us   {median / medians[0]:.2f} times")


def report_imports(n_times=5):
    print(f"Import; medians of {n_times}, each in a new process")
    ours = "from sklearn_har.classifiers import LSTMClassifier"
    for statement in ("import sklearn_har", "import torch", "import skorch", ours):
        command = [sys.executable, "-c", statement]
        walls = []
        for _ in range(n_times):
            start = time.perf_counter()
            subprocess.run(command, check=True)
            walls.append(time.perf_counter() - start)
        print(f"  {statement:<55}{statistics.median(walls):6.2f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=7415, help="as many as HAPT gives its training people")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--keras-python", metavar="PATH", help="interpreter that has Keras")
    parser.add_argument("--answer", choices=EPOCHS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer:
        answer(options.answer, options.windows)
        return
    compare_training(options.windows, options.epochs, options.keras_python)
    compare_predictions(options.calls)
    report_imports()


if __name__ == "__main__":
    main()
