"""An LSTM over short frames, as a classifier of windows."""

from numbers import Integral

from .._core._sklearn import Interval, StrOptions
from ..networks import LSTM
from ._network_classifier import NetworkClassifierBase


class LSTMClassifier(NetworkClassifierBase):
    """Classify windows with an LSTM that reads them as sequences of short frames.

    Frames of a few timesteps instead of single ones make training several times faster and, on
    recordings at 50 Hz, the predictions better.

    Parameters
    ----------
    lstm_units : int, default=64
        Units of each layer and direction.
    n_layers : int, default=1
        LSTM layers, one on the other.
    bidirectional : bool, default=False
        Whether to read the windows backwards as well.
    timesteps_per_step : int, default=4
        Length of a frame; 1 reads the timesteps as they are.
    pooling : {"mean_max", "last"}, default="mean_max"
        What is classified: mean and maximum of the outputs over time, or the last state.
    dense_units : int, default=0
        Units of a dense layer before the last one; 0 leaves it out.
    instance_channels : bool, default=True
        Whether the network sees each window also on the window's own scale; see `InputChannels`.
        Good where still postures must be told apart.
    dropout : float, default=0.2
        Before every layer after the LSTM, and between the layers of the LSTM.
    epochs : int, default=16
        Times that training goes through all windows.
    batch_size : int, default=64
        Windows a step; a few more where they cannot be shared out evenly.
    learning_rate : float, default=0.003
        Peak of the learning rate, which rises during the first quarter of the steps and then falls.
    optimizer : {"adamw", "adam", "sgd", "rmsprop", "adagrad"}, default="adamw"
        Of torch.optim; "sgd" with Nesterov momentum 0.9.
    weight_decay : float, default=0.01
        Of the weights, not of offsets and scales.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes in the loss; "balanced" gives all classes of the windows that
        train the same weight.
    validation_fraction : float, default=0.0
        Share of the people who are held out to see the loss on windows of strangers in ``history_``;
        they do not train. Copies and synthetic windows never validate, and those of the people held
        out do not train either. Where it is unknown who was recorded, the last part of each label's
        windows is held out, with a `SubjectsUnknownWarning`.
    verbose : bool or None, default=None
        Whether to show a progress bar. None shows it on a terminal if the fit takes more than two
        seconds.
    n_jobs : int or None, default=None
        Threads that torch may use; None is one, -1 all that torch is allowed. A second thread saves
        little, and costs much where another process takes one of the cores.
    random_state : int, RandomState instance or None, default=None
        For the first weights, the order of the windows, dropout and the people held out. The same
        seed on the same number of threads gives the same bits.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels seen in fit, sorted.
    net_ : skorch.NeuralNet
        The trained net, without the windows.
    module_ : torch.nn.Module
        From raw windows (n_windows, n_timesteps, n_channels) in float32 to scores (n_windows,
        n_classes); the channels' scales are part of it.
    history_ : dict of str to list
        For each epoch: epoch, learning_rate (at its end), train_loss, train_accuracy (while
        training, with dropout), and where people were held out valid_loss, valid_accuracy.
        ``pandas.DataFrame(history_)`` makes a table.
    n_timesteps_in_, n_channels_in_ : int
        Size of the windows seen in fit.
    channel_names_in_ : tuple of str or None
    sampling_rate_in_ : float or None
        Of the `Windows` seen in fit; other channels and rates are refused afterwards.
    n_features_in_ : int
        Number of timesteps, where X was 2-D.
    feature_names_in_ : ndarray of str
        Where X was a frame of one channel.

    See Also
    --------
    sklearn_har.networks.LSTM : The network.
    sklearn_har.windowing.SlidingWindowClassifier : From rows to rows.
    CNNLSTMClassifier : Convolutions before the LSTM.

    Notes
    -----
    A fit takes, beyond its input, one float32 copy of the rows that the windows were cut from; the
    windows are copied out batch by batch. Networks of one process are trained one at a time, because
    torch's random generator belongs to the process.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.classifiers import LSTMClassifier
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["sitting", "walking"], 40)
    >>> windows = rng.normal(size=(80, 32, 3)) * np.where(labels == "walking", 3.0, 0.1)[:, None, None]
    >>> model = LSTMClassifier(epochs=5, batch_size=16, random_state=0).fit(windows, labels)
    >>> model.score(windows, labels)
    1.0
    """

    _parameter_constraints = {
        **NetworkClassifierBase._parameter_constraints,
        "lstm_units": [Interval(Integral, 1, None, closed="left")],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "bidirectional": ["boolean"],
        "timesteps_per_step": [Interval(Integral, 1, None, closed="left")],
        "pooling": [StrOptions({"mean_max", "last"})],
        "dense_units": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(
        self,
        *,
        lstm_units=64,
        n_layers=1,
        bidirectional=False,
        timesteps_per_step=4,
        pooling="mean_max",
        dense_units=0,
        instance_channels=True,
        dropout=0.2,
        epochs=16,
        batch_size=64,
        learning_rate=0.003,
        optimizer="adamw",
        weight_decay=0.01,
        class_weight=None,
        validation_fraction=0.0,
        verbose=None,
        n_jobs=None,
        random_state=None,
    ):
        super().__init__(
            instance_channels=instance_channels,
            dropout=dropout,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            optimizer=optimizer,
            weight_decay=weight_decay,
            class_weight=class_weight,
            validation_fraction=validation_fraction,
            verbose=verbose,
            n_jobs=n_jobs,
            random_state=random_state,
        )
        self.lstm_units = lstm_units
        self.n_layers = n_layers
        self.bidirectional = bidirectional
        self.timesteps_per_step = timesteps_per_step
        self.pooling = pooling
        self.dense_units = dense_units

    def _build_network(self, n_timesteps, n_channels, n_classes):
        return LSTM(
            n_timesteps,
            n_channels,
            n_classes,
            lstm_units=self.lstm_units,
            n_layers=self.n_layers,
            bidirectional=self.bidirectional,
            timesteps_per_step=self.timesteps_per_step,
            pooling=self.pooling,
            dense_units=self.dense_units,
            dropout=self.dropout,
        )
