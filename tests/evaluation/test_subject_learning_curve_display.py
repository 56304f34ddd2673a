import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import KFold

from sklearn_har.evaluation import SubjectLearningCurveDisplay
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.windowing import Windows

PEOPLE = np.repeat(np.arange(6), 4)
LABELS = np.tile(["sit", "walk"], 12)


class CountsPeople(ClassifierMixin, BaseEstimator):
    """Scores a tenth for every person it was fitted on; the value of a row is its person."""

    seen: list = []

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.people_ = sorted(set(np.asarray(X)[:, 0, 0].tolist()))
        self.n_rows_ = len(y)
        CountsPeople.seen.append(self)
        return self

    def score(self, X, y):
        return len(self.people_) / 10


@pytest.fixture
def windows():
    CountsPeople.seen.clear()
    return Windows(PEOPLE.astype(float).reshape(-1, 1, 1), subjects=PEOPLE)


def test_whole_people_are_added_to_those_before(pyplot, windows):
    display = SubjectLearningCurveDisplay.from_estimator(
        CountsPeople(), windows, LABELS, n_subjects=[4, 1, 2], cv=SubjectKFold(3)
    )
    assert display.n_subjects.tolist() == [1, 2, 4]
    np.testing.assert_allclose(display.test_scores, np.repeat([[0.1], [0.2], [0.4]], 3, axis=1))
    people = np.array([model.people_ for model in CountsPeople.seen], dtype=object).reshape(3, 3)
    for fold in range(3):
        one, two, four = (set(people[size, fold]) for size in range(3))
        assert one < two < four
    assert all(model.n_rows_ == 4 * len(model.people_) for model in CountsPeople.seen)
    _, mean_train, _, mean_test = display.ax_.lines
    np.testing.assert_allclose(mean_test.get_xydata(), [[1, 0.1], [2, 0.2], [4, 0.4]])
    np.testing.assert_allclose(mean_train.get_xydata(), mean_test.get_xydata())
    assert display.ax_.get_xlabel() == "number of people trained on"


def test_the_band_is_a_standard_deviation_over_folds(pyplot):
    test = np.array([[0.1, 0.3], [0.5, 0.5]])
    display = SubjectLearningCurveDisplay(np.array([1, 3]), test, score_name="macro F1").plot()
    band = display.ax_.collections[0].get_paths()[0].vertices
    at_one = band[band[:, 0] == 1][:, 1]
    std = np.std([0.1, 0.3], ddof=1)
    np.testing.assert_allclose((at_one.min(), at_one.max()), (0.2 - std, 0.2 + std))
    assert display.ax_.get_ylabel() == "macro F1"
    assert display.ax_.get_legend().get_title().get_text() == "mean ± std over 2 folds"


def test_one_fold_has_no_band(pyplot):
    display = SubjectLearningCurveDisplay(np.array([1, 3]), np.array([[0.1], [0.5]])).plot()
    assert not display.ax_.collections
    assert display.ax_.get_legend().get_title().get_text() == "one fold"


def test_defaults_go_up_to_everybody(pyplot, windows):
    display = SubjectLearningCurveDisplay.from_estimator(
        CountsPeople(), windows, LABELS, cv=3, return_train_score=False
    )
    assert display.n_subjects.tolist() == [2, 3, 4]
    assert display.train_scores is None
    assert len(display.ax_.get_legend().get_texts()) == 1


def test_the_score_is_named(pyplot, windows):
    def always_one(estimator, X, y):
        return 1.0

    options = {"n_subjects": [1], "cv": SubjectKFold(2), "scoring": always_one}
    display = SubjectLearningCurveDisplay.from_estimator(CountsPeople(), windows, LABELS, **options)
    assert display.ax_.get_ylabel() == "always one"
    display = SubjectLearningCurveDisplay.from_estimator(
        CountsPeople(), windows, LABELS, score_name="sureness", **options
    )
    assert display.ax_.get_ylabel() == "sureness"


def test_people_of_plain_arrays_are_given(pyplot, windows):
    values = np.asarray(windows)
    display = SubjectLearningCurveDisplay.from_estimator(
        CountsPeople(), values, LABELS, groups=PEOPLE, n_subjects=[1, 2], cv=2
    )
    np.testing.assert_allclose(display.test_scores, [[0.1, 0.1], [0.2, 0.2]])
    with pytest.raises(ValueError, match="does not say who was recorded"):
        SubjectLearningCurveDisplay.from_estimator(CountsPeople(), values, LABELS)


@pytest.mark.parametrize("sizes", [[0, 1], [5], [1.5], [], 99])
def test_sizes_that_cannot_be_are_named(pyplot, windows, sizes):
    with pytest.raises(ValueError, match=r"must hold whole numbers from 1 to 4, the people"):
        SubjectLearningCurveDisplay.from_estimator(CountsPeople(), windows, LABELS, n_subjects=sizes, cv=3)


@pytest.mark.filterwarnings("ignore:The groups parameter is ignored by KFold")
def test_a_split_through_a_person_is_refused(pyplot, windows):
    with pytest.raises(ValueError, match="people on both sides of fold 0, subject 0 among them"):
        SubjectLearningCurveDisplay.from_estimator(
            CountsPeople(), windows, LABELS, cv=KFold(3, shuffle=True, random_state=0)
        )
    with pytest.raises(ValueError, match="24 rows or windows, but y has 3 labels"):
        SubjectLearningCurveDisplay.from_estimator(CountsPeople(), windows, LABELS[:3])


def test_without_matplotlib_nothing_is_fitted(without_matplotlib, windows):
    with pytest.raises(ImportError, match=r"SubjectLearningCurveDisplay.plot needs .*sklearn-har\[plot\]"):
        SubjectLearningCurveDisplay.from_estimator(CountsPeople(), windows, LABELS)
    assert not CountsPeople.seen
