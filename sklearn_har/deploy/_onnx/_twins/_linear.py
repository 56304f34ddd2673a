"""Linear classifiers of tables as torch modules."""

import numpy as np
import torch
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV, RidgeClassifier, RidgeClassifierCV
from sklearn.svm import LinearSVC
from torch import nn

from ....classifiers import RidgeClassifierGroupCV
from ._steps import needed_steps
from ._tables import Projected, buffer_of
from ._twin import twin

LINEAR = (
    LinearDiscriminantAnalysis,
    LinearSVC,
    LogisticRegression,
    LogisticRegressionCV,
    RidgeClassifier,
    RidgeClassifierCV,
    RidgeClassifierGroupCV,
)


class Decisions(nn.Module):
    """Decisions of a linear classifier, one column for each class."""

    intercept: torch.Tensor

    def __init__(self, center, coef, intercept):
        """Take coefficients (n_decisions, n_features); one decision alone is that of the second class."""
        super().__init__()
        coef, intercept = np.asarray(coef, dtype=np.float64), np.asarray(intercept, dtype=np.float64)
        if len(coef) == 1:
            coef, intercept = np.concatenate([-coef, coef]), np.concatenate([-intercept, intercept])
        self.project = Projected(center, coef.T)
        self.register_buffer("intercept", buffer_of(intercept))

    def forward(self, table: torch.Tensor) -> torch.Tensor:
        return self.project(table) + self.intercept


class Softmax(nn.Module):
    """Probabilities of decisions, which are multiplied before."""

    def __init__(self, factor: float = 1.0):
        super().__init__()
        self.factor = factor

    def forward(self, decisions: torch.Tensor) -> torch.Tensor:
        return (self.factor * decisions if self.factor != 1 else decisions).softmax(dim=1)


def decisions_of(estimator) -> Decisions:
    """Decisions of a fitted linear classifier; TypeError of another one."""
    if not isinstance(estimator, LINEAR):
        raise TypeError(f"{type(estimator).__name__} is no linear classifier that can be exported.")
    coef = np.atleast_2d(np.asarray(estimator.coef_, dtype=np.float64))
    if len(coef) != (len(estimator.classes_) if len(estimator.classes_) > 2 else 1):
        raise TypeError(f"{type(estimator).__name__} has {len(coef)} decisions, not one for each class.")
    intercept = np.broadcast_to(np.asarray(estimator.intercept_, dtype=np.float64), len(coef))
    # The mean that a discriminant knows keeps float32 from adding large numbers that cancel. What is left of
    # it in float32 is what is taken off.
    center = np.asarray(getattr(estimator, "xbar_", np.zeros(coef.shape[1])), dtype=np.float32)
    center = center.astype(np.float64)
    return Decisions(center, coef, intercept + coef @ center)


@twin.register(LinearSVC)
@twin.register(RidgeClassifier)
@twin.register(RidgeClassifierCV)
def twin_by_decisions(estimator) -> nn.Module:
    """These have no probabilities, and none are made up."""
    return decisions_of(estimator)


@twin.register(LinearDiscriminantAnalysis)
@twin.register(LogisticRegression)
@twin.register(LogisticRegressionCV)
def twin_by_likelihoods(estimator) -> nn.Module:
    # of two classes a decision d stands for the logistic function of d: the softmax of -d/2 and d/2
    return nn.Sequential(decisions_of(estimator), Softmax(0.5 if len(estimator.classes_) == 2 else 1.0))


@twin.register(RidgeClassifierGroupCV)
def twin_by_temperature(estimator) -> nn.Module:
    return nn.Sequential(decisions_of(estimator), Softmax(1 / estimator.temperature_))


class Calibrated(nn.Module):
    """Mean of the probabilities that logistic functions give decisions, in sum 1 for each."""

    slopes: torch.Tensor
    offsets: torch.Tensor

    def __init__(self, decisions: list[nn.Module], slopes: np.ndarray, offsets: np.ndarray):
        super().__init__()
        self.decisions = nn.ModuleList(decisions)
        self.register_buffer("slopes", buffer_of(slopes))
        self.register_buffer("offsets", buffer_of(offsets))

    def forward(self, table: torch.Tensor) -> torch.Tensor:
        found = []
        for number, decide in enumerate(self.decisions):
            # the logarithm of the logistic function: of far decisions the function itself would be 0
            likely = -nn.functional.softplus(self.slopes[number] * decide(table) + self.offsets[number])
            found.append(likely.softmax(dim=1))
        return torch.stack(found).mean(dim=0)


@twin.register(CalibratedClassifierCV)
def twin_of_calibrated(estimator) -> nn.Module:
    decisions, slopes, offsets = [], [], []
    for one in estimator.calibrated_classifiers_:
        if one.method != "sigmoid" or len(one.estimator.classes_) != len(estimator.classes_):
            raise TypeError(
                'CalibratedClassifierCV is exported with method="sigmoid", where every fold has all classes.'
            )
        decisions.append(_before_and_decisions(one.estimator))
        a, b = (np.array([getattr(fitted, name) for fitted in one.calibrators]) for name in ("a_", "b_"))
        if len(a) == 1:  # of the second of two classes; the first has the negative decision
            a, b = np.append(a, a), np.append(-b, b)
        slopes.append(a)
        offsets.append(b)
    return Calibrated(decisions, np.array(slopes), np.array(offsets))


def _before_and_decisions(estimator) -> nn.Module:
    """Decisions of a linear classifier, behind the steps of a pipeline if it is the last of one."""
    *before, (_, last) = needed_steps(estimator)
    return nn.Sequential(*(twin(step) for _, step in before), decisions_of(last))


class Constant(nn.Module):
    """The same probabilities for everything."""

    probabilities: torch.Tensor

    def __init__(self, probabilities):
        super().__init__()
        self.register_buffer("probabilities", buffer_of(probabilities))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        nothing = torch.zeros_like(values.flatten(start_dim=1)[:, :1])
        return nothing + self.probabilities


@twin.register(DummyClassifier)
def twin_of_dummy(estimator) -> nn.Module:
    if estimator.strategy not in ("prior", "most_frequent", "constant"):
        raise TypeError(f'DummyClassifier(strategy="{estimator.strategy}") draws lots, which no file does.')
    if estimator.strategy == "prior":
        return Constant(estimator.class_prior_)
    if estimator.strategy == "most_frequent":
        return Constant(np.arange(len(estimator.classes_)) == np.argmax(estimator.class_prior_))
    return Constant(estimator.classes_ == np.ravel(estimator.constant)[0])
