"""Every check passes a right estimator, and fails one that breaks its rule: that check and no other."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from sklearn_har.preprocessing import ChannelScaler
from sklearn_har.testing import check_window_estimator, parametrize_with_window_checks, window_checks
from sklearn_har.windowing import Windows, validate_windows


class NearestMean(ClassifierMixin, BaseEstimator):
    """Compare the mean of a window with those of two activities.

    Parameters
    ----------
    sharpness : float, default=1.0
    """

    def __init__(self, sharpness=1.0):
        self.sharpness = sharpness

    def fit(self, X, y):
        means = np.asarray(validate_windows(self, X, reset=True)).mean(axis=(1, 2))
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.means_ = np.bincount(codes, means) / np.bincount(codes)
        return self

    def predict_proba(self, X):
        check_is_fitted(self)
        return self.probabilities(np.asarray(validate_windows(self, X, reset=False), dtype=float))

    def probabilities(self, values):
        distances = np.abs(values.mean(axis=(1, 2))[:, np.newaxis] - self.means_)
        weights = np.exp(-self.sharpness * distances)
        return weights / weights.sum(axis=1, keepdims=True)


class MakesMoreInInit(NearestMean):
    """Keeps what was not given.

    Parameters
    ----------
    sharpness : float, default=1.0
    """

    def __init__(self, sharpness=1.0):
        self.sharpness = sharpness
        self.calls = []


class ConvertsInInit(NearestMean):
    """Stores another value.

    Parameters
    ----------
    sharpness : int, default=1
    """

    def __init__(self, sharpness=1):
        self.sharpness = str(sharpness)


class ComputesInInit(NearestMean):
    __doc__ = NearestMean.__doc__

    def __init__(self, sharpness=1.0):
        self.sharpness = max(sharpness, 0.0)


class DocumentsAnotherDefault(NearestMean):
    """Says what is no longer so.

    Parameters
    ----------
    sharpness : float, default=2.0
    """


class DocumentsNoDefault(NearestMean):
    """Says nothing of the default of sharpness."""


class HasNoDocstring(NearestMean):
    __doc__ = None


class ForgetsNames(NearestMean):
    __doc__ = NearestMean.__doc__

    def predict_proba(self, X):
        if isinstance(X, Windows) and np.isfinite(np.asarray(X)).all():
            X = Windows(np.asarray(X), sampling_rate=X.sampling_rate)
        return super().predict_proba(X)


class ForgetsRate(NearestMean):
    __doc__ = NearestMean.__doc__

    def predict_proba(self, X):
        if isinstance(X, Windows):
            X = Windows(np.asarray(X), channel_names=X.channel_names)
        return super().predict_proba(X)


class TakesRecordings(NearestMean):
    __doc__ = NearestMean.__doc__

    def fit(self, X, y):
        return super().fit(X.to_numpy() if isinstance(X, pd.DataFrame) else X, y)


class FillsInPredict(NearestMean):
    __doc__ = NearestMean.__doc__

    def predict_proba(self, X):
        return super().predict_proba(filled(X))


class FillsInFit(NearestMean):
    __doc__ = NearestMean.__doc__

    def fit(self, X, y):
        return super().fit(filled(X), y)


def filled(X):
    return X.with_data(np.nan_to_num(X, posinf=0.0)) if isinstance(X, Windows) else X


class ScalesByTheCall(NearestMean):
    __doc__ = NearestMean.__doc__

    def probabilities(self, values):
        return super().probabilities(values - values.mean())


class ReadsMemoryOrder(NearestMean):
    __doc__ = NearestMean.__doc__

    def predict_proba(self, X):
        if isinstance(X, np.ndarray) and X.flags.f_contiguous:
            X = X.ravel(order="K").reshape(X.shape)
        return super().predict_proba(X)


class WritesIntoItsInput(NearestMean):
    __doc__ = NearestMean.__doc__

    def fit(self, X, y):
        if isinstance(X, np.ndarray):
            X *= 1.0
        return super().fit(X, y)


class GivesArrays(ChannelScaler):
    __doc__ = ChannelScaler.__doc__

    def transform(self, X):
        return np.asarray(super().transform(X))


class LosesSubjects(ChannelScaler):
    __doc__ = ChannelScaler.__doc__

    def transform(self, X):
        scaled = super().transform(X)
        if isinstance(scaled, Windows):
            scaled.subjects = None
        return scaled


class RemembersCalls(NearestMean):
    __doc__ = NearestMean.__doc__

    def predict_proba(self, X):
        proba = super().predict_proba(X)
        self.n_seen_ = len(proba)
        return proba


class PredictsUnfitted(NearestMean):
    __doc__ = NearestMean.__doc__

    def predict_proba(self, X):
        return super().predict_proba(X) if hasattr(self, "means_") else np.full((len(X), 2), 0.5)


class KeepsTheWindows(NearestMean):
    __doc__ = NearestMean.__doc__

    def fit(self, X, y):
        self.seen_ = np.array(validate_windows(self, X, reset=True))
        return super().fit(X, y)


class IsFittedByChance(NearestMean):
    __doc__ = NearestMean.__doc__

    def fit(self, X, y):
        super().fit(X, y)
        self.means_ = self.means_ + np.random.default_rng().normal()
        return self


class ForgetsWhenPickled(NearestMean):
    __doc__ = NearestMean.__doc__

    def __getstate__(self):
        return super().__getstate__() | ({"means_": self.means_[::-1]} if hasattr(self, "means_") else {})


class DrawsFromNumpy(NearestMean):
    __doc__ = NearestMean.__doc__

    def fit(self, X, y):
        np.random.random()
        return super().fit(X, y)


class DrawsFromTorch(NearestMean):
    __doc__ = NearestMean.__doc__

    def predict_proba(self, X):
        torch.rand(1)
        return super().predict_proba(X)


class Cryptic(NearestMean):
    __doc__ = NearestMean.__doc__

    def fit(self, X, y):
        if isinstance(X, pd.DataFrame):
            raise ValueError("bad input")
        return super().fit(X, y)


class MeanOfChannels(TransformerMixin, BaseEstimator):
    """A table of the mean of each channel, times something.

    Parameters
    ----------
    factor : float
    """

    def __init__(self, factor):
        self.factor = factor

    def fit(self, X, y=None):
        validate_windows(self, X, reset=True)
        self.fitted_ = True
        return self

    def transform(self, X):
        check_is_fitted(self)
        return self.factor * np.asarray(validate_windows(self, X, reset=False), dtype=float).mean(axis=1)


class Crossings(TransformerMixin, BaseEstimator):
    """As in the guide: it says no default, and leaves what is not fitted to `validate_windows`."""

    def __init__(self, level=0.0):
        self.level = level

    def fit(self, X, y=None):
        validate_windows(self, X, reset=True)
        return self

    def transform(self, X):
        above = np.asarray(validate_windows(self, X, reset=False)) > self.level
        return (above[:, 1:] != above[:, :-1]).mean(axis=1)


BROKEN = {
    MakesMoreInInit: ("check_constructor_stores", "__init__ made"),
    DocumentsAnotherDefault: ("check_documented_defaults", "sharpness=2.0, not 1.0"),
    ForgetsNames: ("check_channels_are_counted_and_named", "'acc_y' was raised"),
    ForgetsRate: ("check_timesteps_and_rate_are_compared", "'25 Hz' was raised"),
    TakesRecordings: ("check_recordings_are_refused", "'recordings' was raised"),
    Cryptic: ("check_recordings_are_refused", "the error does not say 'recordings': bad input"),
    FillsInPredict: ("check_bad_values_are_refused", "'acc_y' was raised"),
    FillsInFit: ("check_bad_values_are_refused", "'acc_y' was raised"),
    ScalesByTheCall: ("check_one_window_equals_one_of_many", "Not equal to tolerance"),
    ReadsMemoryOrder: ("check_kinds_of_array", "Fortran order"),
    WritesIntoItsInput: ("check_kinds_of_array", "read-only"),
    GivesArrays: ("check_windows_come_back_as_windows", "ndarray came out"),
    LosesSubjects: ("check_windows_come_back_as_windows", "subjects"),
    RemembersCalls: ("check_state_is_made_in_fit", "predicting changed"),
    PredictsUnfitted: ("check_state_is_made_in_fit", "'not fitted' was raised"),
    KeepsTheWindows: ("check_copies_predict_the_same", "holds training data"),
    IsFittedByChance: ("check_copies_predict_the_same", "not equal"),
    ForgetsWhenPickled: ("check_copies_predict_the_same", "not equal"),
    DrawsFromNumpy: ("check_global_randomness_is_untouched", "NumPy's global generator"),
    DrawsFromTorch: ("check_global_randomness_is_untouched", "torch's global generator"),
}


def failures(estimator):
    """What the checks say of an estimator, by their names."""
    found = {}
    for check in window_checks():
        try:
            check(clone(estimator))
        except (AssertionError, ValueError) as error:
            found[check.__name__] = str(error)
    return found


@parametrize_with_window_checks(
    [NearestMean(), DocumentsNoDefault(), HasNoDocstring(), ChannelScaler(), MeanOfChannels(2.0), Crossings()]
)
def test_right_estimators_pass(estimator, check):
    check(estimator)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_rule_fails_its_check_alone(broken):
    name, message = BROKEN[broken]
    found = failures(broken())
    assert list(found) == [name]
    assert message in found[name]


def test_every_check_is_shown_to_fail():
    assert {check.__name__ for check in window_checks()} == {name for name, _ in BROKEN.values()}


@pytest.mark.parametrize(
    ("broken", "message"),
    [(ConvertsInInit, "__init__ changed sharpness"), (ComputesInInit, "does more than store")],
)
def test_a_constructor_that_computes_fails(broken, message):
    with pytest.raises(AssertionError, match=message):
        check_window_estimator(broken())


def test_all_checks_at_once():
    check_window_estimator(NearestMean())
    with pytest.raises(AssertionError, match=r"says sharpness=2\.0"):
        check_window_estimator(DocumentsAnotherDefault())
