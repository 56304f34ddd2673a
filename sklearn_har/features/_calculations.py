"""What is to be computed of windows, planned once in fit, and computing it."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from .._core._blocks import as_block
from . import calculators
from ._tsfresh_fallback import (
    function_of,
    is_of_tsfresh,
    keyed_values,
    name_of,
    needs_times,
    values_of_windows,
)
from ._tsfresh_settings import (
    COMPREHENSIVE,
    NEEDS_TIMES,
    Calculator,
    Settings,
    column_key,
    parameters_of,
)
from .calculators._batch import Batch, NotCompiled


class Calculation(NamedTuple):
    """One call of a calculator.

    Attributes
    ----------
    calculator : str or callable
    parameters : list of dict
    keys : list of str
        The columns that it gives, without the channel's name: one for each of the parameters, but for
        functions of users, which may give any.
    compiled : bool
        Whether our compiled calculator is called, or tsfresh's own or a user's, window by window.
    """

    calculator: Calculator
    parameters: list[dict]
    keys: list[str]
    compiled: bool


class Plan(NamedTuple):
    """What is computed of one channel, and its columns in tsfresh's order, without the channel's name."""

    calculations: list[Calculation]
    keys: list[str]


class Group(NamedTuple):
    """Channels, by their positions, that go through the same calculations together."""

    channels: np.ndarray
    calculations: list[Calculation]


class Layout(NamedTuple):
    """A table of all channels.

    Attributes
    ----------
    groups : list of Group
        Each gives, of a window, the columns of its calculations for its first channel, its second and so on.
    picks : ndarray of int of shape (n_columns,) or None
        Where each column of the table stands among those of all groups; None where they are the table.
    """

    groups: list[Group]
    picks: np.ndarray | None


def plan_channel(settings: Settings, n_timesteps: int, advance: Callable[[], object]) -> Plan:
    """Decide by which functions the features of one channel are computed.

    Every calculator runs once on an ordinary window, which also compiles it, or loads it compiled; then
    ``advance`` is called.

    Raises
    ------
    ValueError
        If a calculator refuses its parameters.
    """
    batch = Batch(np.random.default_rng(0).normal(size=(1, n_timesteps)).cumsum(axis=1))
    calculations: list[Calculation] = []
    keys: list[str] = []
    for calculator, parameters in settings.items():
        found = list(_calculations_of(calculator, parameters, batch))
        calculations += found
        if isinstance(calculator, str) and calculator in COMPREHENSIVE:
            keys += [column_key(calculator, one) for one in parameters]
        else:
            keys += [key for one in found for key in one.keys]
        advance()
    return Plan(calculations, keys)


def restrict_plan(plan: Plan, channel: str, names: set[str]) -> Plan:
    """Leave out columns whose names are not among ``names``, and the work for them."""
    calculations = []
    for one in plan.calculations:
        is_kept = [f"{channel}__{key}" in names for key in one.keys]
        parameters = one.parameters
        if one.calculator in COMPREHENSIVE:
            parameters = [of_it for of_it, keep in zip(parameters, is_kept, strict=True) if keep]
        if any(is_kept):
            keys = [key for key, keep in zip(one.keys, is_kept, strict=True) if keep]
            calculations.append(one._replace(parameters=parameters, keys=keys))
    return Plan(calculations, [key for key in plan.keys if f"{channel}__{key}" in names])


def settings_of_plan(plan: Plan) -> dict[Calculator, list[dict] | None]:
    """Say what is computed as tsfresh's settings do, where None is no parameter."""
    settings: dict[Calculator, list[dict] | None] = {}
    for one in plan.calculations:
        before = settings.get(one.calculator) or []
        settings[one.calculator] = None if one.parameters == [{}] else [*before, *one.parameters]
    return settings


def not_compiled(plans: Iterable[Plan]) -> tuple[str, ...]:
    """Names of calculators that are not compiled, sorted."""
    found = {name_of(one.calculator) for plan in plans for one in plan.calculations if not one.compiled}
    return tuple(sorted(found))


def functions_of_users(layout: Layout) -> list[Callable]:
    """Functions that no version of a package tells apart."""
    calculations = [one for group in layout.groups for one in group.calculations]
    calculators = [one.calculator for one in calculations if not one.compiled]
    return [function_of(one) for one in calculators if not is_of_tsfresh(one)]


def group_channels(plans: list[Plan]) -> Layout:
    """Compute channels together of which the same is asked, and no column that is not asked for."""
    members: list[tuple[Plan, list[int]]] = []
    for channel, plan in enumerate(plans):
        same = next((channels for other, channels in members if _equal(plan, other)), None)
        if same is not None:
            same.append(channel)
        elif plan.keys:
            members.append((plan, [channel]))
    groups = [Group(np.array(channels), plan.calculations) for plan, channels in members]
    return _layout(groups, plans)


def unite_channels(plans: list[Plan]) -> Layout | None:
    """Compute for all channels what is asked of any, in one group, and pick from it.

    For a few windows calls cost more than arithmetic, and calls are then fewest. None where that would
    call functions that are slow, or where names of columns may not tell parameters apart, as queries.
    """
    united: dict[Calculator, dict[str, dict]] = {}
    for one in (one for plan in plans for one in plan.calculations):
        if not one.compiled or one.calculator == "query_similarity_count":
            return None
        united.setdefault(one.calculator, {}).update(zip(one.keys, one.parameters, strict=True))
    calculations = [
        Calculation(calculator, list(of_it.values()), list(of_it), True)
        for calculator, of_it in united.items()
    ]
    return _layout([Group(np.arange(len(plans)), calculations)], plans)


def compute_table(layout: Layout, windows) -> np.ndarray:
    """Compute all columns of windows, shape (n_windows, n_columns), float64.

    Parameters
    ----------
    layout : Layout
    windows : array-like of shape (n_windows, n_timesteps, n_channels)
    """
    by_channel = np.asarray(windows).transpose(0, 2, 1)
    n_windows, n_channels, n_timesteps = by_channel.shape
    found = []
    for channels, calculations in layout.groups:
        of_group = by_channel if len(channels) == n_channels else by_channel[:, channels]
        rows = as_block(of_group, np.float64).reshape(-1, n_timesteps)
        found.append(_compute(calculations, rows).reshape(n_windows, -1))
    columns = found[0] if len(found) == 1 else np.concatenate(found, axis=1)
    return columns if layout.picks is None else columns[:, layout.picks]


def _compute(calculations: list[Calculation], values: np.ndarray) -> np.ndarray:
    """Columns of the calculations, in their order, of windows of one channel."""
    batch = Batch(values)
    found = np.empty((len(values), sum(len(one.keys) for one in calculations)))
    start = 0
    for calculator, parameters, keys, compiled in calculations:
        stop = start + len(keys)
        if compiled:
            found[:, start:stop] = getattr(calculators, name_of(calculator))(batch, parameters)
        else:
            found[:, start:stop] = values_of_windows(calculator, values, parameters, keys)
        start = stop
    return found


def _calculations_of(calculator: Calculator, parameters: list[dict], batch: Batch) -> Iterable[Calculation]:
    if not isinstance(calculator, str) or calculator not in COMPREHENSIVE:
        if calculator != NEEDS_TIMES and not needs_times(calculator):
            yield Calculation(calculator, parameters, list(_try(calculator, parameters, batch)), False)
        return
    compiled, rest = parameters, []
    if not _is_compiled(calculator, parameters, batch):
        single = [_is_compiled(calculator, [one], batch) for one in parameters]
        compiled = [one for one, known in zip(parameters, single, strict=True) if known]
        rest = [one for one, known in zip(parameters, single, strict=True) if not known]
    if compiled:
        yield Calculation(calculator, compiled, [column_key(calculator, one) for one in compiled], True)
    if rest:
        _try(calculator, rest, batch)
        yield Calculation(calculator, rest, [column_key(calculator, one) for one in rest], False)


def _is_compiled(calculator: str, parameters: list[dict], batch: Batch) -> bool:
    function = getattr(calculators, calculator, None)
    if function is None or not all(parameters_of(calculator).issuperset(one) for one in parameters):
        return False
    try:
        function(batch, parameters)
    except (NotCompiled, OverflowError, TypeError, ValueError):  # tsfresh itself says what is wrong, if it is
        return False
    return True


def _try(calculator: Calculator, parameters: list[dict], batch: Batch) -> dict[str, float]:
    try:
        return keyed_values(calculator, batch.values[0], parameters)
    except Exception as error:
        raise ValueError(
            f"{name_of(calculator)} with the parameters {parameters!r} in settings raises {error!r} on an "
            f"ordinary window of {batch.n_timesteps} timesteps."
        ) from error


def _layout(groups: list[Group], plans: list[Plan]) -> Layout:
    given = [
        (channel, key)
        for channels, calculations in groups
        for channel in channels.tolist()
        for one in calculations
        for key in one.keys
    ]
    asked = [(channel, key) for channel, plan in enumerate(plans) for key in plan.keys]
    place = {column: i for i, column in enumerate(given)}
    return Layout(groups, None if asked == given else np.array([place[column] for column in asked]))


def _equal(one: Plan, other: Plan) -> bool:
    try:
        return one is other or bool(one == other)
    except ValueError:  # arrays among the parameters
        return False
