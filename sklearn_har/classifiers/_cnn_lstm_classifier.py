"""A CNN on the parts of a window and an LSTM over them, as a classifier."""

from numbers import Integral

from .._core._sklearn import Interval
from ..networks import CNNLSTM
from ._network_classifier import NetworkClassifierBase


class CNNLSTMClassifier(NetworkClassifierBase):
    """Classify windows with a CNN on each of their sub-sequences and an LSTM over these.

    Parameters
    ----------
    n_subsequences : int, default=4
        Parts of equal length that a window is cut into; fewer where these fill it already: 9
        timesteps make 3 parts of 3.
    filters : int, default=48
        Of each convolution.
    kernel_size : int, default=5
        Timesteps that a filter sees.
    n_conv_layers : int, default=2
        Convolutions, one on the other.
    lstm_units : int, default=64
    instance_channels : bool, default=True
        Whether the network sees each window also on the window's own scale; see `InputChannels`.
        Good where still postures must be told apart.
    dropout : float, default=0.3
        Before the LSTM and before the last layer.
    epochs : int, default=10
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
    sklearn_har.networks.CNNLSTM : The network.
    sklearn_har.windowing.SlidingWindowClassifier : From rows to rows.
    LSTMClassifier : Frames instead of convolutions; faster.

    Notes
    -----
    A fit takes, beyond its input, one float32 copy of the rows that the windows were cut from; the
    windows are copied out batch by batch. Networks of one process are trained one at a time, because
    torch's random generator belongs to the process.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.classifiers import CNNLSTMClassifier
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["sitting", "walking"], 40)
    >>> windows = rng.normal(size=(80, 32, 3)) * np.where(labels == "walking", 3.0, 0.1)[:, None, None]
    >>> model = CNNLSTMClassifier(epochs=5, batch_size=16, random_state=0).fit(windows, labels)
    >>> model.score(windows, labels)
    1.0
    """

    _parameter_constraints = {
        **NetworkClassifierBase._parameter_constraints,
        "n_subsequences": [Interval(Integral, 1, None, closed="left")],
        "filters": [Interval(Integral, 1, None, closed="left")],
        "kernel_size": [Interval(Integral, 1, None, closed="left")],
        "n_conv_layers": [Interval(Integral, 1, None, closed="left")],
        "lstm_units": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        *,
        n_subsequences=4,
        filters=48,
        kernel_size=5,
        n_conv_layers=2,
        lstm_units=64,
        instance_channels=True,
        dropout=0.3,
        epochs=10,
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
        self.n_subsequences = n_subsequences
        self.filters = filters
        self.kernel_size = kernel_size
        self.n_conv_layers = n_conv_layers
        self.lstm_units = lstm_units

    def _build_network(self, n_timesteps, n_channels, n_classes):
        return CNNLSTM(
            n_timesteps,
            n_channels,
            n_classes,
            n_subsequences=self.n_subsequences,
            filters=self.filters,
            kernel_size=self.kernel_size,
            n_conv_layers=self.n_conv_layers,
            lstm_units=self.lstm_units,
            dropout=self.dropout,
        )
