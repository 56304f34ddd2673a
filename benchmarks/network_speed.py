"""Seconds that networks take to train and to predict, against the same without this library.

    python benchmarks/network_speed.py [--windows 7415] [--epochs 5] [--keras-python PATH]

An LSTM of 100 units in batches of 64, one thread each, on the same float32 windows, one epoch of each
contender in turn: ``LSTMClassifier.partial_fit`` (with all its checks), a bare torch loop over the same
module, skorch's ``NeuralNetClassifier`` as it comes, and Keras. Medians of wall and of processor time;
the latter means more where other processes use the machine. Then the cost of ``predict_proba`` for
one window against the bare module, the size of a pickle, and the time of an import.

Takes some three minutes. Keras runs in a process, and an environment, of its own:

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


def answer_with_keras(n_windows):
    """Train an epoch for each line read, write its seconds: the part that runs in Keras's process."""
    import keras

    X, y = random_windows(n_windows)
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input((N_TIMESTEPS, N_CHANNELS)), layers.LSTM(UNITS), layers.Dense(N_CLASSES)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(LEARNING_RATE), loss)
    for _ in sys.stdin:
        wall, processor = timed(lambda: model.fit(X, y, batch_size=BATCH_SIZE, epochs=1, verbose=0))
        print("seconds", wall, processor, flush=True)


class Keras:
    """An epoch in another interpreter."""

    def __init__(self, python, n_windows):
        command = [python, __file__, "--answer-with-keras", "--windows", str(n_windows)]
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)

    def __call__(self):
        print(file=self.process.stdin, flush=True)
        for line in self.process.stdout:
            if line.startswith("seconds"):
                return np.array(line.split()[1:], dtype=float)
        sys.exit("Keras's process ended; its message is above.")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


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


def bare_loop(module, X, y):
    """An epoch of torch and nothing else."""
    import torch

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


def plain_skorch(module, X, y):
    import torch
    from skorch import NeuralNetClassifier

    net = NeuralNetClassifier(
        module,
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


def compare_training(n_windows, n_epochs, keras_python):
    X, y = random_windows(n_windows)
    model = our_lstm(keep_optimizer=True).partial_fit(X, y)
    modules = [pickle.loads(pickle.dumps(model.module_)) for _ in range(2)]
    loop, skorch = bare_loop(modules[0], X, y), plain_skorch(modules[1], X, y)
    epochs = {
        "LSTMClassifier": lambda: timed(lambda: model.partial_fit(X, y)),
        "bare torch loop": lambda: timed(loop),
        "plain skorch": lambda: timed(skorch),
    }
    with ExitStack() as stack:
        if keras_python:
            epochs["Keras"] = stack.enter_context(Keras(keras_python, n_windows))
        for epoch in epochs.values():  # none pays for its first call
            epoch()
        rounds = [[epoch() for epoch in epochs.values()] for _ in range(n_epochs)]
    medians = np.median(rounds, axis=0)
    print(f"An epoch of an LSTM of {UNITS} units, {n_windows:,} windows; medians of {n_epochs}")
    for name, (wall, processor) in zip(epochs, medians, strict=True):
        ratios = medians[0] / (wall, processor)
        print(
            f"  {name:<22}{wall:8.2f} s, of the processor {processor:6.2f} s;   "
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
    parser.add_argument("--answer-with-keras", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer_with_keras:
        answer_with_keras(options.windows)
        return
    compare_training(options.windows, options.epochs, options.keras_python)
    compare_predictions(options.calls)
    report_imports()


if __name__ == "__main__":
    main()
