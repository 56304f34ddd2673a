import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.datasets import make_recordings
from sklearn_har.evaluation import event_report
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows

TRUE_KINDS = ["correct", "deleted", "fragmented", "merged", "fragmented_merged"]
PREDICTED_KINDS = ["inserted", "merging", "fragmenting", "fragmenting_merging"]
OWN_TIME = ["correct", "deletion", "fragmenting", "underfill_start", "underfill_end"]
OTHER_TIME = ["insertion", "merge", "overfill_start", "overfill_end", "correct_other"]


def walks(*intervals, n_rows):
    """Rows of "null", with "walk" in the intervals."""
    labels = np.full(n_rows, "null", dtype=object)
    for start, stop in intervals:
        labels[start:stop] = "walk"
    return labels


def of_walks(true, predicted, n_rows=30):
    return event_report(walks(*true, n_rows=n_rows), walks(*predicted, n_rows=n_rows), null_label="null")


def counted(row, names):
    return {name: int(row[name]) for name in names if row[name]}


@pytest.mark.parametrize(
    ("true", "predicted", "of_true", "of_predicted", "seconds"),
    [
        ([(5, 9)], [(5, 9)], {"correct": 1}, {}, {"correct": 4}),
        ([(5, 9)], [], {"deleted": 1}, {}, {"deletion": 4}),
        ([], [(5, 9)], {}, {"inserted": 1}, {"insertion": 4}),
        ([(5, 9)], [(9, 12)], {"deleted": 1}, {"inserted": 1}, {"deletion": 4, "insertion": 3}),
        (
            [(5, 12)],
            [(7, 11)],
            {"correct": 1},
            {},
            {"correct": 4, "underfill_start": 2, "underfill_end": 1},
        ),
        ([(7, 11)], [(5, 12)], {"correct": 1}, {}, {"correct": 4, "overfill_start": 2, "overfill_end": 1}),
        (
            [(5, 12)],
            [(5, 7), (9, 12)],
            {"fragmented": 1},
            {"fragmenting": 2},
            {"correct": 5, "fragmenting": 2},
        ),
        ([(5, 7), (9, 12)], [(5, 12)], {"merged": 2}, {"merging": 1}, {"correct": 5, "merge": 2}),
        (  # the first return cuts a piece off the first event, the second goes on into the second event
            [(2, 10), (13, 16)],
            [(1, 4), (6, 20)],
            {"fragmented_merged": 1, "merged": 1},
            {"fragmenting": 1, "fragmenting_merging": 1},
            {"overfill_start": 1, "correct": 9, "fragmenting": 2, "merge": 3, "overfill_end": 4},
        ),
        (  # each of three events is joined to the next, and each but the last is cut
            [(2, 8), (10, 15), (16, 19)],
            [(1, 4), (7, 11), (13, 18)],
            {"fragmented_merged": 2, "merged": 1},
            {"fragmenting": 1, "fragmenting_merging": 2},
            {
                "overfill_start": 1,
                "correct": 2 + 1 + 1 + 2 + 2,
                "fragmenting": 3 + 2,
                "merge": 2 + 1,
                "underfill_end": 1,
            },
        ),
    ],
)
def test_kinds_of_events_and_of_time_by_hand(true, predicted, of_true, of_predicted, seconds):
    report = of_walks(true, predicted)
    row = report.by_class.loc["walk"]
    assert counted(row, TRUE_KINDS) == of_true
    assert counted(row, PREDICTED_KINDS) == of_predicted
    assert row[["n_true", "n_predicted"]].tolist() == [len(true), len(predicted)]
    assert counted(report.seconds.loc["walk"], [*OWN_TIME, *OTHER_TIME[:-1]]) == seconds


def test_the_example_of_the_package_ward_metrics():
    true = [(40, 60), (73, 75), (90, 100), (125, 135), (150, 157), (190, 215)]
    predicted = [(10, 20), (45, 52), (70, 80), (120, 180), (195, 200), (207, 213)]
    report = event_report(walks(*true, n_rows=241)[2:], walks(*predicted, n_rows=241)[2:], null_label="null")
    row = report.by_class.loc["walk"]
    assert counted(row, TRUE_KINDS) == {"correct": 2, "deleted": 1, "fragmented": 1, "merged": 2}
    assert counted(row, PREDICTED_KINDS) == {"inserted": 1, "merging": 1, "fragmenting": 2}
    own, other = 20 + 2 + 10 + 10 + 7 + 25, 239 - 74
    shares = report.shares.loc["walk"]
    np.testing.assert_allclose(shares[OWN_TIME] * own, [7 + 2 + 17 + 5 + 6, 10, 7, 5 + 5, 8 + 2])
    np.testing.assert_allclose(shares[OTHER_TIME] * other, [10, 15, 3 + 5, 5 + 23, other - 10 - 15 - 8 - 28])


def test_scores_count_correct_events():
    row = of_walks([(1, 4), (6, 9), (12, 15)], [(1, 4), (12, 13), (14, 15), (20, 22)]).by_class.loc["walk"]
    assert row[["precision", "recall", "f1"]].tolist() == [1 / 4, 1 / 3, 2 / 7]


def test_without_a_null_label_every_activity_is_matched_against_the_others():
    report = event_report(list("aaabbbaa"), list("aabbbbaa"))
    assert report.by_class["correct"].to_dict() == {"a": 2, "b": 1}
    assert report.seconds.loc["a", "underfill_end"] == 1
    assert report.seconds.loc["b", "overfill_start"] == 1
    assert report.overall[["n_true", "correct", "f1"]].tolist() == [3, 3, 1]
    null = event_report(list("aaabbbaa"), list("aabbbbaa"), null_label="b")
    assert null.by_class.index.tolist() == ["a"]
    pd.testing.assert_frame_equal(null.by_class, report.by_class.loc[["a"]])


def test_substitutions_say_what_an_error_is_to_both_activities():
    #                      rows 4-5: the middle of a, made up for b; row 9: the end of a, the start of b
    report = event_report(list("aaaaaaaaaabbb"), list("aaaabbaaabbbb"))
    assert report.substitutions.to_dict("records") == [
        {"true": "a", "predicted": "b", "missed_as": "fragmenting", "seen_as": "insertion", "seconds": 2},
        {
            "true": "a",
            "predicted": "b",
            "missed_as": "underfill_end",
            "seen_as": "overfill_start",
            "seconds": 1,
        },
    ]
    null = event_report(list("aaaaaaaaaabbb"), list("aaaabbaaabbbb"), null_label="b").substitutions
    assert null["missed_as"].tolist() == ["fragmenting", "underfill_end"]
    assert null["seen_as"].isna().all()


def test_delays_by_hand():
    report = of_walks([(5, 10), (15, 20), (24, 28)], [(7, 11), (14, 19)])
    events = report.true_events
    np.testing.assert_array_equal(events["start_delay"], [2, -1, np.nan])
    np.testing.assert_array_equal(events["end_delay"], [1, -1, np.nan])
    delays = report.delays.loc["walk"]
    assert delays[["n_start", "n_end"]].tolist() == [2, 2]
    assert delays[["start_q25", "start_median", "start_q75"]].tolist() == [-0.25, 0.5, 1.25]
    assert delays[["end_q25", "end_median", "end_q75"]].tolist() == [-0.5, 0, 0.5]


def test_a_boundary_inside_a_merge_has_no_delay_and_fragments_give_the_outer_ones():
    events = of_walks([(5, 8), (10, 20)], [(4, 12), (14, 16), (18, 22)]).true_events
    np.testing.assert_array_equal(events["start_delay"], [-1, np.nan])
    np.testing.assert_array_equal(events["end_delay"], [np.nan, 2])
    assert events["kind"].tolist() == ["merged", "fragmented_merged"]
    assert events["n_matched"].tolist() == [1, 3]


@pytest.fixture
def two_recordings(make_rows):
    """Four rows each of two people, sitting and walking, with a gap in the second."""
    X = make_rows({("ann", 1): [0] * 4, ("bob", 1): [0] * 6})
    y = pd.Series(["sit", "sit", "walk", "walk", *["walk"] * 6], index=X.index)
    keep = np.arange(10) != 6
    return X[keep], y[keep]


def test_no_event_goes_on_into_another_recording_or_across_a_gap(two_recordings):
    X, y = two_recordings
    report = event_report(y, y.to_numpy(), X=X)
    assert report.by_class["n_true"].to_dict() == {"sit": 1, "walk": 3}
    assert report.by_class["correct"].to_dict() == {"sit": 1, "walk": 3}
    events = report.true_events
    assert events["subject"].tolist() == ["ann", "ann", "bob", "bob"]
    assert events["start"].tolist() == [0, 2, 0, 3]
    assert events["stop"].tolist() == [2, 4, 2, 6]
    plain = event_report(y.to_numpy(), y.to_numpy())
    assert plain.by_class["n_true"].to_dict() == {"sit": 1, "walk": 1}


@pytest.mark.parametrize("of", ["frame", "index", "labels"])
def test_the_index_may_come_with_recordings_alone_or_with_labels(two_recordings, of):
    X, y = two_recordings
    where = {"frame": X, "index": X.index, "labels": None}[of]
    report = event_report(y, y.to_numpy(), X=where)
    assert report.by_class.loc["walk", "n_true"] == 3


def test_times_are_seconds():
    X, y = make_recordings(n_subjects=2, sampling_rate=25, random_state=0, return_X_y=True)
    late = np.roll(y.to_numpy(), 10)
    late[:10] = y.iloc[0]
    report = event_report(y, late, X=X)
    assert report.seconds.sum(axis=1).to_numpy() == pytest.approx(len(X) / 25)
    first_person = report.true_events.query("subject == 1")
    assert first_person["start_delay"].iloc[1:].to_numpy() == pytest.approx(10 / 25)
    spans = report.true_events["stop"] - report.true_events["start"]
    assert spans.sum() == pytest.approx(len(X) / 25)


def test_unlabelled_rows_are_left_out_counted_and_not_crossed():
    y_true = ["walk", "walk", None, "walk", "walk", "sit"]
    report = event_report(y_true, ["walk"] * 5 + ["sit"])
    assert report.n_unlabelled == 1
    assert report.by_class.loc["walk", ["n_true", "n_predicted", "correct"]].tolist() == [2, 2, 2]
    assert report.seconds.sum(axis=1).tolist() == [5, 5]
    assert report.true_events["stop"].tolist() == [2, 5, 6]


def test_what_a_recognizer_predicts_has_the_episodes_of_its_segments():
    from sklearn.dummy import DummyClassifier

    X, y = make_recordings(n_subjects=2, random_state=0, return_X_y=True)
    model = SlidingWindowClassifier(
        DummyClassifier(strategy="stratified", random_state=0), window_length=2.56
    )
    model.fit(X, y)
    segments = model.segments(X)
    predicted = event_report(y, model.predict(X), X=X).predicted_events
    shared = ["subject", "recording", "start", "stop", "activity"]
    pd.testing.assert_frame_equal(predicted[shared], segments[shared])


few = settings(max_examples=25, deadline=None)
ACTIVITIES = st.integers(0, 2)
LABELS = st.lists(ACTIVITIES, min_size=1, max_size=5) | st.lists(ACTIVITIES, min_size=30, max_size=80)
PAIRS = LABELS.flatmap(
    lambda true: st.tuples(st.just(true), st.lists(ACTIVITIES, min_size=len(true), max_size=len(true)))
)


def kinds_of_a_naive_search(true, predicted, label):
    """What becomes of every event, by looking at each pair of true and predicted ones."""

    def stretches(values):
        edges = np.flatnonzero(np.diff(np.r_[0, np.asarray(values) == label, 0]))
        return edges.reshape(-1, 2).tolist()

    events, returns = stretches(true), stretches(predicted)
    meets = np.array([[max(a, c) < min(b, d) for c, d in returns] for a, b in events], dtype=bool)
    meets = meets.reshape(len(events), len(returns))

    def kinds(meets, names):
        missed, correct, cut, joined, both = names
        of = {(False, False): correct, (True, False): cut, (False, True): joined, (True, True): both}
        n, others = meets.sum(axis=1), meets.sum(axis=0)
        return [
            missed if not n[i] else of[bool(n[i] > 1), bool((others[meets[i]] > 1).any())]
            for i in range(len(meets))
        ]

    return (
        kinds(meets, ["deleted", "correct", "fragmented", "merged", "fragmented_merged"]),
        kinds(meets.T, ["inserted", "correct", "merging", "fragmenting", "fragmenting_merging"]),
    )


@few
@given(PAIRS)
def test_agrees_with_a_search_over_all_pairs(labels):
    report = event_report(*labels)
    for label in report.by_class.index:
        of_true, of_predicted = kinds_of_a_naive_search(*labels, label)
        assert report.true_events.query("activity == @label")["kind"].tolist() == of_true
        assert report.predicted_events.query("activity == @label")["kind"].tolist() == of_predicted


@few
@given(PAIRS, st.sampled_from([None, 0]))
def test_time_adds_up(labels, null):
    true, predicted = map(np.array, labels)
    report = event_report(true, predicted, null_label=null)
    for label, seconds in report.seconds.iterrows():
        assert seconds[OWN_TIME].sum() == (true == label).sum()
        assert seconds[OTHER_TIME].sum() == (true != label).sum()
        assert seconds["correct"] == ((true == label) & (predicted == label)).sum()
        assert seconds[["correct", *OTHER_TIME[:-1]]].sum() == (predicted == label).sum()
    assert report.substitutions["seconds"].sum() == (true != predicted).sum()


@few
@given(LABELS)
def test_a_perfect_prediction_has_no_error(labels):
    report = event_report(labels, labels)
    assert (report.by_class[["precision", "recall", "f1"]] == 1).all(axis=None)
    assert (report.seconds[[*OWN_TIME[1:], *OTHER_TIME[:-1]]] == 0).all(axis=None)
    assert (report.true_events[["start_delay", "end_delay"]] == 0).all(axis=None)
    assert report.substitutions.empty


SWAPPED = {
    "deletion": "insertion",
    "fragmenting": "merge",
    "underfill_start": "overfill_start",
    "underfill_end": "overfill_end",
    "correct": "correct",
}


@few
@given(PAIRS)
def test_truth_and_prediction_change_places(labels):
    true, predicted = labels
    report, swapped = event_report(true, predicted), event_report(predicted, true)
    for own, other in SWAPPED.items():
        pd.testing.assert_series_equal(report.seconds[own], swapped.seconds[other], check_names=False)
    pairs = [("deleted", "inserted"), ("fragmented", "merging"), ("merged", "fragmenting")]
    for own, other in [*pairs, ("fragmented_merged", "fragmenting_merging"), ("correct", "correct")]:
        assert report.by_class[own].tolist() == swapped.by_class[other].tolist()


@few
@given(PAIRS)
def test_time_reversed_swaps_starts_and_ends(labels):
    true, predicted = labels
    report, reversed_ = event_report(true, predicted), event_report(true[::-1], predicted[::-1])
    pd.testing.assert_frame_equal(report.by_class, reversed_.by_class)
    for kind in ("underfill", "overfill"):
        assert report.seconds[f"{kind}_start"].tolist() == reversed_.seconds[f"{kind}_end"].tolist()
    np.testing.assert_array_equal(
        report.true_events["start_delay"], -reversed_.true_events["end_delay"].to_numpy()[::-1]
    )


@few
@given(PAIRS)
def test_a_recording_adds_to_others(labels):
    n_rows = len(labels[0])
    index = pd.MultiIndex.from_product([["ann", "bob"], [1], np.arange(n_rows, dtype=float)])
    index.names = ["subject", "recording", "time"]
    one, two = event_report(*labels), event_report(*(values * 2 for values in labels), X=index)
    pd.testing.assert_frame_equal(one.seconds * 2, two.seconds)
    counts = ["n_true", *TRUE_KINDS, "n_predicted", *PREDICTED_KINDS]
    pd.testing.assert_frame_equal(one.by_class[counts] * 2, two.by_class[counts])


@pytest.mark.parametrize("kind", ["category", "string", "object"])
def test_labels_of_any_kind(kind):
    true, predicted = list("aabbba"), list("abbbba")
    expected = event_report(true, predicted)
    report = event_report(pd.Series(true, dtype=kind), pd.Series(predicted, dtype=kind))
    pd.testing.assert_frame_equal(report.seconds, expected.seconds, check_index_type=False)


def test_nothing_but_null_has_no_event():
    report = event_report(["null"] * 3, ["null"] * 3, null_label="null")
    assert report.by_class.empty
    assert report.true_events.empty
    assert "all" in str(report)


def test_an_activity_that_is_never_true_has_no_share_of_its_time():
    report = event_report(["a", "a"], ["a", "b"])
    assert report.shares.loc["b", OWN_TIME].isna().all()
    assert report.delays.loc["b", "n_start"] == 0
    assert np.isnan(report.delays.loc["b", "start_median"])
    assert report.by_class.loc["b", ["precision", "recall", "f1"]].tolist() == [0, 0, 0]


def test_text_has_events_time_and_delays():
    text = str(event_report([*list("aaabb"), None], list("aabbbb")))
    for part in ("n_true", "n_predicted", "underfill_end", "33.3%", "-1.00 (-1.00 to -1.00)", "all"):
        assert part in text
    assert "1 rows without a true label were left out." in text
    assert "nan" not in text.lower()
    assert max(len(line) for line in text.splitlines()) <= 120


def test_repr_is_one_line_and_html_has_three_tables():
    report = event_report(list("aab"), list("abb"))
    assert repr(report) == "<EventReport: 2 true and 2 predicted events of 2 activities>"
    assert report._repr_html_().count("<table") == 3


def test_input_is_not_modified(two_recordings):
    X, y = two_recordings
    before_X, before_y = X.copy(), y.copy()
    event_report(y, y.to_numpy(), X=X, null_label="sit")
    pd.testing.assert_frame_equal(X, before_X)
    pd.testing.assert_series_equal(y, before_y)


def test_errors_name_the_place(two_recordings):
    X, y = two_recordings
    predicted = y.to_numpy()
    with pytest.raises(ValueError, match="y_true has 9 rows, and y_pred 8"):
        event_report(y, predicted[1:], X=X)
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[8, 9\]"):
        event_report(predicted, predicted, X=X[1:])
    with pytest.raises(ValueError, match="y has another index than X"):
        event_report(y[::-1], predicted, X=X)
    with pytest.raises(ValueError, match="Time runs backwards at row"):
        event_report(predicted, predicted, X=X[::-1])
    with pytest.raises(ValueError, match="The index levels of X are"):
        event_report(predicted, predicted, X=X.index.droplevel(0))
    with pytest.raises(ValueError, match="y_pred is missing in 1 places, the first at row 2"):
        event_report(["a", "a", "a"], ["a", "a", None])
    with pytest.raises(ValueError, match="None of the 2 rows of y_true has a label"):
        event_report([None, None], ["a", "a"])
    with pytest.raises(ValueError, match="no common order"):
        event_report(["a", "a"], [0, 1])


def test_windows_are_refused():
    X, y = make_recordings(n_subjects=2, random_state=0, return_X_y=True)
    windows, labels = sliding_windows(X, y, window_length=2.56)
    with pytest.raises(TypeError, match="X is Windows, which may overlap"):
        event_report(labels, labels, X=windows)
