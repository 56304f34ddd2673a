"""Pipelines, unions and searches as one torch module."""

from typing import Any

import torch
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline
from torch import nn

from ..._parts import steps_of
from ._tsfresh import only_selected
from ._twin import twin


def needed_steps(estimator) -> list[tuple[str, Any]]:
    """The steps that predict, where features of tsfresh that selectors leave out are not computed."""
    return list(steps_of(only_selected(Pipeline(list(steps_of(estimator))))))


@twin.register(Pipeline)
@twin.register(FrozenEstimator)
@twin.register(GridSearchCV)
@twin.register(RandomizedSearchCV)
def twin_of_steps(estimator) -> nn.Module:
    """One step after the other."""
    return nn.Sequential(*(twin(step) for _, step in needed_steps(estimator)))


class SideBySide(nn.Module):
    """Columns of several modules beside each other."""

    def __init__(self, parts: list[nn.Module], weights: list[float]):
        super().__init__()
        self.parts = nn.ModuleList(parts)
        self.weights = weights

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        pairs = zip(self.parts, self.weights, strict=True)
        return torch.cat(
            [part(values) if weight == 1 else weight * part(values) for part, weight in pairs], 1
        )


@twin.register(FeatureUnion)
def twin_of_union(estimator) -> nn.Module:
    """All parts of the union; "passthrough" gives its input."""
    weights = estimator.transformer_weights or {}
    parts = [(name, part) for name, part in estimator.transformer_list if part != "drop"]
    twins = [nn.Identity() if part == "passthrough" else twin(part) for _, part in parts]
    return SideBySide(twins, [float(weights.get(name, 1)) for name, _ in parts])
