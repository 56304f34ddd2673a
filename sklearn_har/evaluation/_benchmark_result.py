"""What a benchmark found: a row per test, and summaries of models over people and seeds."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from ._confusion import count_codes, macro_f1, mean_scores
from ._finished_tests import TIMES, Outcome
from ._over_people import interval_over_people

SCORES = ("accuracy", "balanced_accuracy", "f1_macro", "f1_macro_absent_0")
POOLED = ("f1_macro", "accuracy", "balanced_accuracy")  # with intervals


class SplitDataset(NamedTuple):
    """Truth of a dataset's windows, and how they were split.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        Activities, sorted.
    codes : ndarray of int of shape (n_windows,)
        Position of each window's activity in ``classes``.
    people : ndarray of shape (n_windows,)
    tests : list of ndarrays of int
        Test windows of each fold.
    n_train : list of int
        Number of training windows of each fold.
    window_length : float
        In seconds.
    """

    classes: np.ndarray
    codes: np.ndarray
    people: np.ndarray
    tests: list[np.ndarray]
    n_train: list[int]
    window_length: float


@dataclass(frozen=True, eq=False, repr=False)
class BenchmarkResult:
    """What `benchmark` found; printing it gives the summary.

    Attributes
    ----------
    folds : DataFrame
        One row per dataset, model, random_state and fold. ``status`` is "ok", "failed" (``error`` says
        why) or "missing" (not run yet). The scores are accuracy, balanced_accuracy and two kinds of
        macro-F1: ``f1_macro`` is the mean over the activities in the truth or prediction of the
        fold, as scikit-learn has it; in ``f1_macro_absent_0`` all activities of the dataset count, an
        absent one as 0. ``n_people`` and ``n_windows`` are those tested. Times are seconds of the fit
        and the prediction: on the wall, and of processors (``cpu``).
    tested : dict of str to SplitDataset
        Of each dataset, the truth and the folds.
    predicted : dict of tuple to ndarray of int
        Positions in the dataset's activities that were predicted, by dataset, model, random_state and
        fold.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.evaluation import benchmark
    >>> X, y = make_recordings(n_subjects=4, random_state=0, return_X_y=True)
    >>> result = benchmark({"majority": DummyClassifier()}, {"simulated": (X, y)}, "loso")
    >>> result.folds["status"].tolist()
    ['ok', 'ok', 'ok', 'ok']
    >>> print(result.to_markdown().splitlines()[0])
    simulated: 4 people, 6 activities, 480 windows of 2.56 s tested, folds: 4
    """

    folds: pd.DataFrame
    tested: dict[str, SplitDataset]
    predicted: dict[tuple, np.ndarray]

    @classmethod
    def of(cls, tested: dict[str, SplitDataset], outcomes: dict[tuple, Outcome | None]) -> "BenchmarkResult":
        rows = [_row(place, tested[place[0]], outcome) for place, outcome in outcomes.items()]
        predicted = {
            place: outcome.predicted
            for place, outcome in outcomes.items()
            if outcome is not None and outcome.predicted is not None
        }
        return cls(pd.DataFrame(rows, columns=COLUMNS), tested, predicted)

    def predictions(self, dataset, model, random_state=None):
        """Return what a model predicted for each test window.

        Parameters
        ----------
        dataset, model : str
        random_state : int, default=None
            The seed; None takes the first.

        Returns
        -------
        DataFrame
            One row per test window, in order of folds: fold, window (position among the windows), subject,
            y_true and y_pred. Displays and tests take the last three.

        Raises
        ------
        KeyError
            If the model was not tested on all folds.
        """
        seeds = [one[2] for one in self.predicted if one[:2] == (dataset, model)]
        seed = (seeds or [None])[0] if random_state is None else random_state
        tested = self.tested[dataset]
        codes = [self._codes(dataset, model, seed, fold) for fold in range(len(tested.tests))]
        windows = np.concatenate(tested.tests)
        return pd.DataFrame(
            {
                "fold": np.repeat(np.arange(len(codes)), [len(one) for one in codes]),
                "window": windows,
                "subject": tested.people[windows],
                "y_true": tested.classes[tested.codes[windows]],
                "y_pred": tested.classes[np.concatenate(codes)],
            }
        )

    def _codes(self, *place) -> np.ndarray:
        if place not in self.predicted:
            dataset, model, seed, fold = place
            raise KeyError(f"{model!r} on {dataset!r} with seed {seed} has no predictions of fold {fold}.")
        return self.predicted[place]

    def summary(self):
        """Summarise the models over folds, people and seeds.

        Returns
        -------
        DataFrame
            One row per dataset and model, with NaN until all folds of a seed are tested:

            - n_people, n_windows, n_folds, and n_seeds of which all folds are tested;
            - f1_macro_mean, f1_macro_std and f1_macro_absent_0_mean, f1_macro_absent_0_std: mean and
              sample standard deviation over folds, of the mean over seeds;
            - f1_macro, accuracy, balanced_accuracy: of the windows of all test people together, the mean
              over seeds, with f1_macro_low, f1_macro_high and so on, the interval of 95 % when people
              are drawn with replacement, and f1_macro_std_of_seeds, the sample standard deviation;
            - fit_time, predict_time, fit_cpu_time and predict_cpu_time: seconds of all folds, the mean
              over seeds.
        """
        groups = self.folds.groupby(["dataset", "model"], sort=False)
        rows = {place: self._summary_of(*place, folds) for place, folds in groups}
        table = pd.DataFrame.from_dict(rows, orient="index", columns=SUMMARY_COLUMNS)
        table.index = pd.MultiIndex.from_tuples(rows, names=["dataset", "model"])
        return table

    def _summary_of(self, dataset: str, model: str, folds: pd.DataFrame) -> dict:
        tested = self.tested[dataset]
        is_ok = (folds["status"] == "ok").groupby(folds["random_state"]).transform("all")
        whole = folds[is_ok]
        seeds = whole["random_state"].unique().tolist()
        found: dict = {
            "n_people": len(np.unique(tested.people[np.concatenate(tested.tests)])),
            "n_windows": sum(map(len, tested.tests)),
            "n_folds": len(tested.tests),
            "n_seeds": len(seeds),
        }
        if not seeds:
            return found
        for score in ("f1_macro", "f1_macro_absent_0"):
            of_folds = whole.groupby("fold")[score].mean()
            found |= {f"{score}_mean": of_folds.mean(), f"{score}_std": of_folds.std()}
        found |= _pooled(np.stack([self._counts(dataset, model, seed) for seed in seeds], axis=1))
        return found | whole[list(TIMES)].sum().div(len(seeds)).to_dict()

    def _counts(self, dataset: str, model: str, seed: int) -> np.ndarray:
        """Confusion of each person, shape (n_people, n_classes, n_classes)."""
        tested = self.tested[dataset]
        windows = np.concatenate(tested.tests)
        predicted = np.concatenate(
            [self._codes(dataset, model, seed, fold) for fold in range(len(tested.tests))]
        )
        person, people = pd.factorize(tested.people[windows], sort=True)
        shape = (len(people), len(tested.classes), len(tested.classes))
        return count_codes((person, tested.codes[windows], predicted), shape)

    def to_markdown(self):
        """Return the summary as text: one table in Markdown for each dataset.

        Returns
        -------
        str
            Models of which no seed is tested on all folds have no row.
        """
        summary = self.summary()
        parts = []
        for dataset, tested in self.tested.items():
            part = summary.loc[[dataset]].droplevel("dataset")
            n_people, n_windows, n_folds = part.iloc[0][["n_people", "n_windows", "n_folds"]].astype(int)
            parts += [
                f"{dataset}: {n_people} people, {len(tested.classes)} activities, {n_windows} windows of "
                f"{tested.window_length:g} s tested, folds: {n_folds}",
                "",
                *(f"| {' | '.join(cells)} |" for cells in _cells(part[part["n_seeds"] > 0])),
                "",
            ]
        return "\n".join(parts)

    def __repr__(self) -> str:
        return self.to_markdown()

    def _repr_html_(self) -> str:
        return self.summary().to_html(float_format="{:.3f}".format, na_rep="")


COLUMNS = [
    *("dataset", "model", "random_state", "fold", "status", "error", "n_people", "n_windows", "n_train"),
    *SCORES,
    *TIMES,
]
SUMMARY_COLUMNS = [
    *("n_people", "n_windows", "n_folds", "n_seeds"),
    *("f1_macro_mean", "f1_macro_std", "f1_macro_absent_0_mean", "f1_macro_absent_0_std"),
    *(f"{score}{end}" for score in POOLED for end in ("", "_low", "_high")),
    "f1_macro_std_of_seeds",
    *TIMES,
]


def _row(place: tuple, tested: SplitDataset, outcome: Outcome | None) -> dict:
    """One test's row of the table."""
    dataset, model, random_state, fold = place
    test = tested.tests[fold]
    row = {
        "dataset": dataset,
        "model": model,
        "random_state": random_state,
        "fold": fold,
        "status": "missing" if outcome is None else "failed" if outcome.error else "ok",
        "error": outcome.error if outcome else "",
        "n_people": len(np.unique(tested.people[test])),
        "n_windows": len(test),
        "n_train": tested.n_train[fold],
    }
    if outcome is None or outcome.predicted is None:
        return row
    counts = count_codes((tested.codes[test], outcome.predicted), (len(tested.classes),) * 2)
    scores = mean_scores(counts) | {"f1_macro_absent_0": macro_f1(counts, absent="zero")}
    return row | {name: float(scores[name]) for name in SCORES} | outcome.times


def _pooled(counts: np.ndarray) -> dict[str, float]:
    """Scores of all people's windows, from counts of shape (n_people, n_seeds, n_classes, n_classes)."""
    of_seeds = mean_scores(counts.sum(axis=0))
    found = {"f1_macro_std_of_seeds": np.std(of_seeds["f1_macro"], ddof=1) if counts.shape[1] > 1 else np.nan}
    for score in POOLED:
        low, high = interval_over_people(counts, partial(_mean_over_seeds, score=score))
        found |= {score: of_seeds[score].mean(), f"{score}_low": low, f"{score}_high": high}
    return found


def _mean_over_seeds(counts: np.ndarray, score: str) -> np.ndarray:
    return mean_scores(counts)[score].mean(axis=-1)


def _cells(part: pd.DataFrame) -> list[list[str]]:
    """Rows of the table in Markdown, its head first."""
    head = [
        *("model", "seeds", "macro-F1, mean of folds (sd)", "the same, absent activities as 0"),
        *("of all windows, 95 % over people", "accuracy", "balanced accuracy"),
        *("fit, processor s (wall)", "predict"),
    ]
    rows = [
        [
            str(model),
            f"{row['n_seeds']:.0f}",
            _plus_minus(row["f1_macro_mean"], row["f1_macro_std"]),
            _plus_minus(row["f1_macro_absent_0_mean"], row["f1_macro_absent_0_std"]),
            *(f"{row[s]:.3f} [{row[f'{s}_low']:.3f}, {row[f'{s}_high']:.3f}]" for s in POOLED),
            f"{row['fit_cpu_time']:,.1f} ({row['fit_time']:,.1f})",
            f"{row['predict_cpu_time']:,.1f} ({row['predict_time']:,.1f})",
        ]
        for model, row in part.iterrows()
    ]
    return [head, ["---"] * len(head), *rows]


def _plus_minus(mean: float, std: float) -> str:
    return f"{mean:.4f}" if np.isnan(std) else f"{mean:.4f} ({std:.3f})"
