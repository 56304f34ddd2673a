"""What tests of twins share: simulated windows, and a twin run by onnxruntime from its file."""

import warnings

import numpy as np
import onnxruntime
import torch

from sklearn_har.windowing import Windows

NAMES = tuple(f"{sensor}_{axis}" for sensor in ("acc", "gyro", "mag") for axis in "xyz")


def simulated_windows(n_timesteps, n_channels, n_windows=8, seed=0):
    """Windows of a drift and noise, with gravity along the first axis."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(2, n_windows, n_timesteps, n_channels))
    values = 0.3 * np.cumsum(noise[0], axis=1) + noise[1]
    values[..., 0] += 9.81
    return with_names(values)


def with_names(values):
    return Windows(values, channel_names=NAMES[: values.shape[2]], sampling_rate=50.0)


def changed(windows):
    """The same windows as they are, with constant channels, nothing but constants, tiny and huge changes."""
    values = np.asarray(windows)
    rng = np.random.default_rng(1)
    kinds = {
        "as they are": values,
        "some constant": np.where(np.arange(values.shape[2]) % 2 == 0, 9.81, values),
        "constant": np.full_like(values, 9.81),
        "zero": np.zeros_like(values),
        "far away": 9.81 + 1e-3 * values,
        "spikes": np.where(rng.random(values.shape) < 0.01, 100 * values, values),
    }
    return {name: with_names(of_kind.astype(np.float32)) for name, of_kind in kinds.items()}


class ExportedTwin:
    """A module's file, run by onnxruntime on windows of any number."""

    def __init__(self, module, windows, folder):
        file = folder / "twin.onnx"
        example = torch.as_tensor(np.asarray(windows[:2], np.float32))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # torch has a younger exporter
            warnings.filterwarnings("ignore", "Constant folding")  # a constant more in the file
            torch.onnx.export(
                module.eval(),
                (example,),
                file,
                dynamo=False,
                opset_version=17,
                input_names=["windows"],
                output_names=["table"],
                dynamic_axes={"windows": {0: "n_windows"}, "table": {0: "n_windows"}},
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    def __call__(self, windows):
        values = np.asarray(windows, np.float32)
        blocks = [values[start : start + 50] for start in range(0, len(values), 50)]
        return np.concatenate([self.session.run(None, {"windows": block})[0] for block in blocks])
