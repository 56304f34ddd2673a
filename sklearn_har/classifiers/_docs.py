"""What makes a class a classifier around a network: its constructor, and the documentation all share."""

import dataclasses
import inspect
import re
from dataclasses import dataclass
from typing import dataclass_transform

TRAINING = """
instance_channels : bool, default={instance_channels}
    Whether the network sees each window also on the window's own scale; see `InputChannels`.
    Good where still postures must be told apart.
rotation : float, default={rotation}
    Standard deviation, in degrees, of the angle by which a window is turned at random while
    training; see `RandomRotation`. The sensors of one device turn together. Which channels are x,
    y and z of one sensor is told by the names of `Windows` (``wrist_acc_x``); where channels have no
    names, three after three are, if their number is a multiple of three. 0 turns nothing.
augmentation : augmentation, callable, list of them or None, default={augmentation}
    What changes the windows of each batch at random while training, one after the other: those of
    `sklearn_har.sampling`, such as ``[Jitter(), Rotate(30)]``, which are told the channels' names, means
    and standard deviations. A callable gets ``(batch, generator)``: raw windows, a tensor of shape
    (n_windows, n_timesteps, n_channels) and float32, and a torch.Generator. It returns what to train on,
    of the same shape; or, where it mixes windows, also the position of each window's partner in the
    batch and the window's own share, by which labels are then mixed.
epochs : int, default={epochs}
    Times that training goes through all windows, at most.
batch_size : int, default={batch_size}
    Windows a step; a few more where they cannot be shared out evenly.
optimizer : {{"adamw", "adam", "sgd", "rmsprop", "adagrad"}} or callable, default={optimizer}
    Of torch.optim, "sgd" with Nesterov momentum 0.9; or a class of optimizers, or what makes one
    of weights and ``lr``, such as ``functools.partial(torch.optim.SGD, momentum=0.5)``.
learning_rate : float, default={learning_rate}
    Peak of the learning rate.
learning_rate_schedule : {{"one_cycle", "cosine", "constant"}} or callable, default={learning_rate_schedule}
    "one_cycle" rises to the peak during the first quarter of the steps and then falls to nothing;
    "cosine" falls from the first step on. A callable gets the progress, from 0 to 1, and returns the
    share of the peak.
weight_decay : float, default={weight_decay}
    Of the weights, not of offsets and scales.
max_gradient_norm : float or None, default={max_gradient_norm}
    Longer gradients are cut to this length; recurrent networks leap where the loss is steep.
label_smoothing : float, default={label_smoothing}
    Share of a label that goes to all classes alike.
class_weight : dict, "balanced" or None, default={class_weight}
    Weights of the classes in the loss; "balanced" gives all classes of the windows that
    train the same weight.
early_stopping : bool, default={early_stopping}
    Whether to hold people out, end when the loss on them has not fallen for ``patience`` epochs,
    and go back to the weights that were best on them.
patience : int, default={patience}
    Epochs to wait; used by early stopping only.
validation_fraction : float or None, default={validation_fraction}
    Share of the people who are held out to see the loss on windows of strangers in ``history_``;
    they do not train. None is 0.2 with early stopping and 0 without. Copies and synthetic windows
    never validate, and those of the people held out do not train either. Where it is unknown who
    was recorded, the last part of each label's windows is held out, with a `SubjectsUnknownWarning`;
    copies and synthetic windows are then refused.
warm_start : bool, default={warm_start}
    Whether a further fit goes on with the weights of the last one; scales of channels and classes
    stay those of the first.
checkpoint : str, path-like or None, default={checkpoint}
    File that keeps the state after every epoch. A fit that finds one there, of the same parameters
    and windows, goes on where it was interrupted and ends with the same bits as one that was not;
    at its end it removes the file. What ``callbacks`` keep is not in it.
keep_optimizer : bool, default={keep_optimizer}
    Whether the optimizer's state is kept after a fit and in pickles, for a `partial_fit` that goes
    on exactly; it is twice as large as the network.
callbacks : list of skorch callbacks or None, default={callbacks}
    Passed to the net as they are; ``valid_loss``, ``valid_accuracy``, ``train_loss`` and
    ``train_accuracy`` are in its history.
device : {{"auto", "cpu", "cuda", "mps"}}, default={device}
    Where to train and predict; "auto" takes CUDA or else Apple's MPS where there is one. A model
    that was trained on a device that is not there predicts on the CPU.
mixed_precision : bool, default={mixed_precision}
    Whether to train in bfloat16 where that is precise enough; on CUDA only.
verbose : bool or None, default={verbose}
    Whether to show a progress bar. None shows it on a terminal if the fit takes more than two
    seconds.
n_jobs : int or None, default={n_jobs}
    Threads that torch may use; None is one, -1 all that torch is allowed. A second thread saves
    little, and costs much where another process takes one of the cores.
random_state : int, RandomState instance or None, default={random_state}
    For the first weights, the order of the windows, dropout, rotations and the people held out. The
    same seed on the same number of threads gives the same bits.
"""

ATTRIBUTES = """
classes_ : ndarray of shape (n_classes,)
    Labels seen in fit, sorted.
net_ : skorch.NeuralNet
    The trained net, without the windows.
module_ : torch.nn.Module
    From raw windows (n_windows, n_timesteps, n_channels) in float32 to scores (n_windows,
    n_classes); the channels' scales are part of it. ``module_.state_dict()`` is all that was learned.
history_ : dict of str to list
    For each epoch: epoch, learning_rate (at its end), train_loss, train_accuracy (while
    training, with dropout and rotation), and where people were held out valid_loss, valid_accuracy.
    ``pandas.DataFrame(history_)`` makes a table.
held_out_people_ : ndarray or None
    Who was held out, where people were. A further fit with ``warm_start`` holds the same out.
n_timesteps_in_, n_channels_in_ : int
    Size of the windows seen in fit.
channel_names_in_ : tuple of str or None
sampling_rate_in_ : float or None
    Of the `Windows` seen in fit; other channels and rates are refused afterwards.
n_features_in_ : int
    Number of timesteps, where X was 2-D.
feature_names_in_ : ndarray of str
    Where X was a frame of one channel.
"""

NOTES = """
Windows are copied out batch by batch, so a fit takes little memory beyond its input, which may be a
memory map. Networks of one process are trained one at a time, because torch's random generator
belongs to the process.
"""


EXAMPLE = """
>>> import numpy as np
>>> from sklearn_har.classifiers import {name}
>>> rng = np.random.default_rng(0)
>>> labels = np.repeat(["sitting", "walking"], 40)
>>> windows = rng.normal(size=(80, 32, 3)) * np.where(labels == "walking", 3.0, 0.1)[:, None, None]
>>> model = {name}(epochs=5, batch_size=16, random_state=0).fit(windows, labels)
>>> model.score(windows, labels)
1.0
"""


@dataclass_transform(kw_only_default=True)
def network_classifier(cls):
    """Give a class a constructor, with its parameters and those of its base, and complete its docs."""
    cls = dataclass(kw_only=True, eq=False, repr=False)(cls)
    complete_documentation(cls)
    return cls


def complete_documentation(cls) -> None:
    """Fill the places that a classifier's docstring leaves for what all of them share.

    ``{network}`` becomes the parameters as the network documents them, ``{training}`` those of the
    base with the defaults of this class, ``{attributes}``, ``{notes}`` and ``{example}`` what holds for all.
    """
    if not cls.__doc__:  # python -OO
        return
    defaults = {field.name: _spelled(field.default) for field in dataclasses.fields(cls)}
    shared = {
        "network": _parameters_of(cls._network) if "{network}" in cls.__doc__ else "",
        "training": TRAINING.format_map(defaults),
        "attributes": ATTRIBUTES,
        "notes": NOTES,
        "example": EXAMPLE.format(name=cls.__name__),
    }
    lines = inspect.cleandoc(cls.__doc__).splitlines()
    cls.__doc__ = "\n".join(
        shared[line[1:-1]].strip() if line[1:-1] in shared and line[0] + line[-1] == "{}" else line
        for line in lines
    )


def _spelled(default) -> str:
    return repr(default).replace("'", '"')


def _parameters_of(network) -> str:
    """Parameters in a network's docstring, without the size of its windows and output."""
    documentation = inspect.getdoc(network) or ""
    section = documentation.split("Parameters\n----------\n")[1].split("\n\n")[0]
    entries = re.split(r"\n(?=\S)", section)
    return "\n".join(entry for entry in entries if not entry.startswith("n_timesteps, n_channels, n_classes"))
