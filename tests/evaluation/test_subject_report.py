import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, precision_recall_fscore_support

from sklearn_har.evaluation import classification_report_by_subject

TRUE = ["sit", "sit", "walk", "walk", "sit", "walk", "walk", "walk"]
PREDICTED = ["sit", "walk", "walk", "walk", "sit", "sit", "walk", "walk"]
PEOPLE = ["ann", "ann", "ann", "ann", "bob", "bob", "cy", "cy"]


def report(y_true=TRUE, y_pred=PREDICTED, subjects=PEOPLE, **options):
    return classification_report_by_subject(y_true, y_pred, subjects=subjects, **options)


def test_pooled_scores_of_activities_by_hand():
    by_class = report().by_class
    assert by_class.index.tolist() == ["sit", "walk"]
    assert by_class["support"].tolist() == [3, 5]
    np.testing.assert_allclose(by_class["precision"], [2 / 3, 4 / 5])
    np.testing.assert_allclose(by_class["recall"], [2 / 3, 4 / 5])
    np.testing.assert_allclose(by_class["f1"], [2 / 3, 4 / 5])


def test_spread_over_the_people_who_do_an_activity_by_hand():
    by_class = report().by_class
    assert by_class["n_subjects"].tolist() == [2, 3]  # cy never sits
    np.testing.assert_allclose(by_class["recall_mean"], [(1 / 2 + 1) / 2, (1 + 0 + 1) / 3])
    np.testing.assert_allclose(by_class["recall_std"], [np.std([0.5, 1], ddof=1), np.std([1, 0, 1], ddof=1)])
    sit, walk = [2 / 3, 2 / 3], [4 / 5, 0, 1]
    np.testing.assert_allclose(by_class["f1_mean"], [np.mean(sit), np.mean(walk)])
    np.testing.assert_allclose(by_class["f1_std"], [np.std(sit, ddof=1), np.std(walk, ddof=1)], atol=1e-12)


def test_scores_of_people_by_hand():
    by_subject = report().by_subject
    assert by_subject.index.tolist() == ["ann", "bob", "cy"]
    assert by_subject["accuracy"].tolist() == [0.75, 0.5, 1.0]
    assert by_subject["balanced_accuracy"].tolist() == [0.75, 0.5, 1.0]
    np.testing.assert_allclose(by_subject["f1_macro"], [(2 / 3 + 4 / 5) / 2, (2 / 3 + 0) / 2, 1.0])
    assert by_subject["n_activities"].tolist() == [2, 2, 1]
    assert by_subject["support"].tolist() == [4, 2, 2]


def test_overall_scores_by_hand():
    overall = report().overall
    assert overall.loc["accuracy", "pooled"] == 6 / 8
    assert overall.loc["accuracy", ["mean", "min", "max"]].tolist() == [0.75, 0.5, 1.0]
    np.testing.assert_allclose(overall.loc["accuracy", "std"], 0.25)
    np.testing.assert_allclose(overall.loc["f1_macro", "pooled"], (2 / 3 + 4 / 5) / 2)


def test_intervals_are_over_people():
    overall = report().overall
    # only bob, and only cy, are drawn once in 27 times, which is more than 2.5 %
    assert overall.loc["accuracy", ["low", "high"]].tolist() == [0.5, 1.0]
    assert report(subjects=["ann"] * 8).overall[["low", "high"]].isna().all(axis=None)


def test_an_activity_that_a_person_is_only_predicted_counts_in_the_macro_average():
    by_subject = report(["walk", "walk"], ["walk", "sit"], ["ann", "ann"]).by_subject
    assert by_subject.loc["ann", "recall_macro"] == (0.5 + 0) / 2
    assert by_subject.loc["ann", "precision_macro"] == (1 + 0) / 2
    assert by_subject.loc["ann", "balanced_accuracy"] == 0.5


@settings(max_examples=50)
@given(
    st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=60),
    st.sampled_from(["int", "str", "category"]),
)
def test_agrees_with_scikit_learn(rows, kind):
    true, predicted, people = np.array(rows).T
    if kind != "int":
        true, predicted = (np.array(list("dcba"))[codes] for codes in (true, predicted))
    result = report(pd.Series(true, dtype="category") if kind == "category" else true, predicted, people)
    precision, recall, f1, support = precision_recall_fscore_support(true, predicted, zero_division=0)
    assert result.by_class.index.tolist() == sorted(set(true) | set(predicted))
    np.testing.assert_allclose(
        result.by_class[["precision", "recall", "f1", "support"]].T.to_numpy(),
        [precision, recall, f1, support],
    )
    for person, scores in result.by_subject.iterrows():
        own_true, own_predicted = true[people == person], predicted[people == person]
        macro = precision_recall_fscore_support(own_true, own_predicted, average="macro", zero_division=0)
        found = scores[["precision_macro", "recall_macro", "f1_macro"]].tolist()
        np.testing.assert_allclose(found, macro[:3])
        np.testing.assert_allclose(scores["accuracy"], accuracy_score(own_true, own_predicted))
        if len(set(own_true)) > 1 and set(own_predicted) <= set(own_true):  # scikit-learn warns otherwise
            expected = balanced_accuracy_score(own_true, own_predicted)
            np.testing.assert_allclose(scores["balanced_accuracy"], expected)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_unlabelled_rows_are_left_out_and_counted(missing):
    with_gaps = report([*TRUE, missing, missing], [*PREDICTED, "run", "sit"], [*PEOPLE, "ann", "dee"])
    assert with_gaps.n_unlabelled == 2
    assert with_gaps.by_subject["n_unlabelled"].tolist() == [1, 0, 0, 1]
    pd.testing.assert_frame_equal(with_gaps.by_class, report().by_class)
    pd.testing.assert_frame_equal(with_gaps.overall, report().overall)
    assert np.isnan(with_gaps.by_subject.loc["dee", "accuracy"])
    assert with_gaps.by_subject.loc["dee", "support"] == 0


def test_categorical_labels_with_unused_categories():
    y_true = pd.Series(TRUE, dtype=pd.CategoricalDtype(["walk", "run", "sit"]))
    pd.testing.assert_frame_equal(report(y_true).by_class, report().by_class)


def test_labels_give_the_order_and_may_name_what_never_occurs():
    by_class = report(labels=["walk", "run", "sit"]).by_class
    assert by_class.index.tolist() == ["walk", "run", "sit"]
    assert by_class["support"].tolist() == [5, 0, 3]
    np.testing.assert_allclose(by_class["f1"], [4 / 5, 0, 2 / 3])
    assert np.isnan(by_class.loc["run", "recall_mean"])
    pd.testing.assert_frame_equal(report(labels=["walk", "run", "sit"]).overall, report().overall)


def test_text_names_activities_the_spread_and_the_worst_person():
    text = str(report([*TRUE, None], [*PREDICTED, "sit"], [*PEOPLE, "ann"]))
    assert "Worst of 3 people by macro F1: subject bob (F1 0.333, accuracy 0.500, 2 rows)." in text
    assert "0.750 ± 0.354" in text
    assert "95 % interval" in text
    assert "1 rows without a true label were left out." in text
    assert len({len(line) for line in text.split("\n\n")[0].splitlines()}) == 1


def test_text_of_one_person_has_no_spread():
    text = str(report(TRUE, PREDICTED, ["ann"] * 8))
    assert "±" not in text
    assert "interval" not in text
    assert "nan" not in text.lower()


def test_mistakes_by_hand():
    found = report().confusion
    assert found.loc["sit"].to_dict() == {"sit": 2, "walk": 1}
    assert found.loc["walk"].to_dict() == {"sit": 1, "walk": 4}
    assert "Most mistaken: sit for walk (33.3% of its rows)." in str(report())
    assert "mistaken" not in str(report(TRUE, TRUE))


def test_html_holds_all_three_tables():
    html = report()._repr_html_()
    assert html.count("<table") == 3
    assert "bob" in html


def test_repr_is_one_line():
    assert repr(report()) == "<SubjectReport: 3 people, 2 activities, 8 rows>"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y_pred": PREDICTED[:-1]}, "y_true has 8 rows, y_pred 7 and subjects 8"),
        ({"subjects": PEOPLE[:-1]}, "y_true has 8 rows, y_pred 8 and subjects 7"),
        ({"y_pred": [*PREDICTED[:-1], None]}, "y_pred is missing in 1 places, the first at row 7"),
        ({"subjects": [None, *PEOPLE[1:]]}, "subjects is missing in 1 places, the first at row 0"),
        ({"y_true": [None] * 8}, "None of the 8 rows of y_true has a label"),
        ({"y_pred": [0] * 8}, "no common order"),
        ({"labels": ["sit"]}, "the activities \\['walk'\\] occur too"),
        ({"labels": ["sit", "walk", "sit"]}, "names an activity twice"),
    ],
)
def test_errors_name_the_place(arguments, message):
    with pytest.raises(ValueError, match=message):
        report(**arguments)


def test_people_are_told_apart_whatever_they_are_called():
    report = classification_report_by_subject(["a"] * 4, ["a", "a", "b", "a"], subjects=[1, "1", 2.5, "2.5"])
    assert report.by_subject["accuracy"].tolist().count(1) == 3
    assert len(report.by_subject) == 4
    with pytest.raises(ValueError, match=r"subjects has the shape \(2, 1\).*subjects\(X\) gives them"):
        classification_report_by_subject(["a", "b"], ["a", "b"], subjects=np.zeros((2, 1)))
