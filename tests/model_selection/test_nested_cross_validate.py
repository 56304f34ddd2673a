"""Settings are chosen on some people and scored on others."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.metrics import f1_score
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    HalvingGridSearchCV,
    KFold,
    LeaveOneGroupOut,
    PredefinedSplit,
    RandomizedSearchCV,
    StratifiedGroupKFold,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from sklearn_har.classifiers import RidgeClassifierGroupCV
from sklearn_har.evaluation import classification_report_by_subject, make_row_scorer
from sklearn_har.exceptions import LeakageError, UnlearnedLabelsWarning, UntestedLabelsWarning
from sklearn_har.model_selection import (
    LeaveSubjectsOut,
    NestedScores,
    StratifiedSubjectKFold,
    SubjectKFold,
    nested_cross_validate,
)
from sklearn_har.recordings import subjects
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows


def levels(windows):
    return np.asarray(windows)[:, ::16].mean(axis=1)


TREE = make_pipeline(FunctionTransformer(levels), DecisionTreeClassifier(random_state=0))
DEPTHS = {"decisiontreeclassifier__max_depth": [2, 4]}
ROW_DEPTHS = {"estimator__decisiontreeclassifier__max_depth": [2, 4]}
INNER = [
    SubjectKFold(2),
    StratifiedSubjectKFold(2),
    LeaveSubjectsOut(1),
    GroupKFold(2),
    StratifiedGroupKFold(2),
    LeaveOneGroupOut(),
]


@pytest.fixture(scope="module")
def windows(simulated):
    return sliding_windows(*simulated, window_length=2.56)


def search(cv, model=TREE, settings=DEPTHS, **kwargs):
    return GridSearchCV(model, settings, cv=cv, **kwargs)


def test_it_is_what_a_loop_by_hand_gives(windows):
    X, y = windows
    found = nested_cross_validate(search(GroupKFold(2)), X, y, cv=GroupKFold(3), scoring="f1_macro")
    for fold, (train, test) in enumerate(GroupKFold(3).split(X, y, X.subjects)):
        own = search(GroupKFold(2)).fit(X[train], y[train], groups=X.subjects[train])
        predicted = own.predict(X[test])
        row = found.folds.loc[fold]
        assert row["test_score"] == pytest.approx(f1_score(y[test], predicted, average="macro"))
        assert row["inner_score"] == own.best_score_
        assert (
            row["param_decisiontreeclassifier__max_depth"]
            == own.best_params_["decisiontreeclassifier__max_depth"]
        )
        assert set(row["test_subjects"]) == set(X.subjects[test])
        assert (row["n_train"], row["n_test"]) == (len(train), len(test))
        assert (found.predictions.loc[test, "y_pred"] == predicted).all()
        assert (found.predictions.loc[test, "fold"] == fold).all()
    assert found.predictions.index.tolist() == list(range(len(X)))
    assert (found.predictions["subject"] == X.subjects).all()
    assert (found.predictions["y_true"] == y).all()
    assert (found.folds[["fit_time", "score_time"]] > 0).all(axis=None)
    assert len(found.estimators) == 3


def test_nan_among_labels_in_a_list_stays_missing(simulated):
    X, y = simulated
    told = y.where(np.arange(len(y)) % 4 > 0, float("nan"))
    recognizer = SlidingWindowClassifier(TREE, window_length=2.56)
    found = nested_cross_validate(search(SubjectKFold(2), recognizer, ROW_DEPTHS), X, told.tolist(), cv=2)
    assert (found.predictions["y_true"].isna() == told.isna().to_numpy()).all()


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("inner", INNER, ids=repr)
@pytest.mark.parametrize("kind", [GridSearchCV, RandomizedSearchCV, HalvingGridSearchCV])
def test_searches_of_windows(windows, kind, inner, routing):
    options = (
        {"n_iter": 2} if kind is RandomizedSearchCV else {"factor": 2} if kind is HalvingGridSearchCV else {}
    )
    with config_context(enable_metadata_routing=routing):
        found = nested_cross_validate(kind(TREE, DEPTHS, cv=inner, **options), *windows, cv=2)
    assert len(found.folds) == 2
    assert len(found.predictions) == len(windows[1])


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("inner", INNER[:4], ids=repr)
@pytest.mark.parametrize("kind", [GridSearchCV, RandomizedSearchCV, HalvingGridSearchCV])
def test_searches_of_rows(simulated, kind, inner, routing):
    X, y = simulated
    recognizer = SlidingWindowClassifier(TREE, window_length=2.56)
    settings, options = ROW_DEPTHS, {"n_iter": 2} if kind is RandomizedSearchCV else {}
    if kind is HalvingGridSearchCV:
        settings = {"window_length": [1.28, 2.56]}
        options = {"resource": next(iter(ROW_DEPTHS)), "min_resources": 2, "max_resources": 4, "factor": 2}
    with config_context(enable_metadata_routing=routing):
        found = nested_cross_validate(kind(recognizer, settings, cv=inner, **options), X, y, cv=2)
    assert len(found.predictions) == len(X)
    assert str(found).endswith("of 2 folds)")
    report = classification_report_by_subject(
        *(found.predictions[name] for name in ("y_true", "y_pred")), subjects=found.predictions["subject"]
    )
    assert report.by_subject.index.tolist() == [1, 2, 3, 4, 5, 6]


def test_halving_cannot_sample_rows(simulated):
    recognizer = SlidingWindowClassifier(TREE, window_length=2.56)
    halving = HalvingGridSearchCV(recognizer, ROW_DEPTHS, cv=SubjectKFold(2), error_score="raise")
    with pytest.raises(ValueError, match="rows of one recording must be together"):
        nested_cross_validate(halving, *simulated, cv=2)


@pytest.mark.parametrize("routing", [False, True])
def test_groups_of_a_table_reach_both_loops(windows, routing):
    X, y = windows
    table = levels(X)
    with config_context(enable_metadata_routing=routing):
        found = nested_cross_validate(
            search(SubjectKFold(2), DecisionTreeClassifier(), {"max_depth": [2, 4]}),
            table,
            y,
            groups=X.subjects,
            cv=SubjectKFold(3),
        )
    assert [len(people) for people in found.folds["test_subjects"]] == [2, 2, 2]


def test_groups_reach_a_classifier_that_requests_them(windows):
    X, y = windows
    with config_context(enable_metadata_routing=True), warnings.catch_warnings():
        warnings.simplefilter("error")  # it would warn without groups
        ridge = RidgeClassifierGroupCV().set_fit_request(groups=True)
        searching = search(SubjectKFold(3), ridge, {"class_weight": [None, "balanced"]})
        found = nested_cross_validate(searching, levels(X), y, groups=X.subjects, cv=2)
    assert found.folds["test_score"].notna().all()


def test_several_scores_and_weights(windows):
    X, y = windows
    found = nested_cross_validate(
        search(SubjectKFold(2), scoring=["accuracy", "f1_macro"], refit="f1_macro"),
        X,
        y,
        cv=LeaveSubjectsOut([1, 2]),
        scoring=["accuracy", "f1_macro"],
        params={"decisiontreeclassifier__sample_weight": np.ones(len(y))},
    )
    assert {"test_accuracy", "test_f1_macro"} < set(found.folds)
    assert set(found.predictions["subject"]) == {1, 2}
    assert "nan" not in str(found)
    assert repr(found) == "<NestedScores: 1 folds, 2 people tested>"


def test_folds_may_run_beside_each_other(windows):
    one, two = (
        nested_cross_validate(search(SubjectKFold(2)), *windows, cv=2, n_jobs=n_jobs) for n_jobs in (1, 2)
    )
    pd.testing.assert_frame_equal(one.predictions, two.predictions)


def test_unlabelled_rows_with_a_scoring_that_leaves_them_out(simulated):
    X, y = simulated
    y = y.astype(object).where(np.arange(len(y)) % 900 > 50)
    searching = search(
        SubjectKFold(2),
        SlidingWindowClassifier(TREE, window_length=2.56),
        ROW_DEPTHS,
        scoring=make_row_scorer("f1_macro"),
    )
    found = nested_cross_validate(searching, X, y, cv=2)
    assert found.folds["test_score"].between(0, 1).all()
    assert found.predictions["y_true"].isna().sum() == y.isna().sum() > 0


def test_an_outer_fold_without_some_activity_is_named(windows):
    X, y = windows
    y = np.where((X.subjects == 6) & (np.arange(len(y)) % 2 == 0), "hop", y)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nested_cross_validate(search(SubjectKFold(2)), X, y, cv=SubjectKFold(3))
    kinds = [warning.category for warning in caught]
    assert kinds == [UnlearnedLabelsWarning, UntestedLabelsWarning]
    assert "'hop' in 1 of 3 splits" in str(caught[0].message)


def test_folds_are_printed_with_their_mean():
    folds = pd.DataFrame(
        {
            "test_subjects": [(1,), (2, 3)],
            "n_train": [8, 6],
            "test_score": [0.5, 0.75],
            "inner_score": [0.9, 1],
        },
        index=pd.RangeIndex(2, name="fold"),
    )
    predictions = pd.DataFrame({"subject": [1, 2, 3, 3]})
    found = NestedScores(folds, predictions, [])
    assert str(found).splitlines() == [
        "      n_train  test_score  inner_score",
        "fold                                  ",
        "0           8       0.500        0.900",
        "1           6       0.750        1.000",
        "test_score 0.625 ± 0.177 (mean and standard deviation of 2 folds)",
    ]
    assert repr(found) == "<NestedScores: 2 folds, 3 people tested>"
    assert "mean" not in str(NestedScores(folds[:1], predictions, []))


def test_a_warning_points_at_this_file(windows):
    X, y = windows
    y = np.where((X.subjects == 6) & (np.arange(len(y)) % 2 == 0), "hop", y)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nested_cross_validate(search(SubjectKFold(2)), X, y, cv=SubjectKFold(3))
    assert all(warning.filename == __file__ for warning in caught)


def test_a_person_with_one_activity_can_be_left_out(windows):
    X, y = windows
    only = (X.subjects != 3) | (y == "walking")
    with pytest.warns(UntestedLabelsWarning, match="in 1 of 6 splits"):
        found = nested_cross_validate(search(SubjectKFold(2)), X[only], y[only], cv=LeaveSubjectsOut(1))
    assert len(found.folds) == 6


@pytest.mark.parametrize(
    ("searching", "cv", "error", "says"),
    [
        (search(3), 2, LeakageError, r"cv=3 of the search deals rows or windows .* Use cv=SubjectKFold\(3\)"),
        (search(None), 2, LeakageError, r"cv=None of the search .* Use cv=SubjectKFold\(5\)"),
        (search(KFold(2)), 2, LeakageError, r"cv=KFold\(.*\) of the search has \d people on both sides"),
        (search([([0], [1])]), 2, ValueError, "cv of the search is a list of given positions"),
        (
            search(SubjectKFold(2), refit=False),
            2,
            ValueError,
            "refit=False leaves the search without a model",
        ),
        (TREE, 2, TypeError, "search is a Pipeline, which searches nothing"),
        (search(SubjectKFold(2)), 7, ValueError, "n_splits=7 is greater than the number of people in X, 6"),
        (search(SubjectKFold(4)), 2, ValueError, "n_splits=4 greater than the number of groups: 3"),
        (search(SubjectKFold(2)), [([0, 1, 2], [3])], LeakageError, r"Split 0 of cv: What is tested on was"),
    ],
)
def test_what_would_mislead_is_refused(windows, searching, cv, error, says):
    with pytest.raises(error, match=says):
        nested_cross_validate(searching, *windows, cv=cv)


@pytest.mark.filterwarnings("ignore:The groups parameter is ignored")
def test_outer_folds_of_windows_are_refused(windows):
    with pytest.raises(LeakageError, match="6 people are on both sides") as error:
        nested_cross_validate(search(SubjectKFold(2)), *windows, cv=KFold(3, shuffle=True, random_state=0))
    assert "test windows share rows with training windows" in str(error.value)
    by_people = PredefinedSplit(windows[0].subjects % 2)
    assert len(nested_cross_validate(search(SubjectKFold(2)), *windows, cv=by_people).folds) == 2


def test_data_that_does_not_fit_together(windows):
    X, y = windows
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        nested_cross_validate(search(SubjectKFold(2)), X, y[1:])
    with pytest.raises(ValueError, match="groups has 3 entries"):
        nested_cross_validate(search(SubjectKFold(2)), X, y, groups=[1, 2, 3])
    with pytest.raises(ValueError, match="does not say who was recorded"):
        nested_cross_validate(search(SubjectKFold(2)), levels(X), y)
    with pytest.raises(ValueError, match="are not the same"):
        nested_cross_validate(search(SubjectKFold(2)), X, y, groups=subjects(X) % 2)
