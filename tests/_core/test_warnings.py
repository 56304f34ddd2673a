import warnings

import pytest
from joblib import Parallel, delayed

from sklearn_har._core._warnings import warn_user
from sklearn_har.classifiers import RidgeClassifierGroupCV
from sklearn_har.exceptions import SubjectsUnknownWarning, UnlabelledWarning, UnlearnedLabelsWarning

X = [[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]]


def test_a_warning_is_of_the_line_that_calls():
    with pytest.warns(UnlabelledWarning, match="of this line") as caught:
        warn_user("of this line", UnlabelledWarning)
    assert caught[0].filename == __file__


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_warning_points_past_the_library(method):
    weights = [1, 1, 1, 1, 0, 0]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(RidgeClassifierGroupCV(), method)(X, [0, 1, 0, 1, 2, None], sample_weight=weights)
    expected = {UnlabelledWarning, SubjectsUnknownWarning}
    expected |= {UnlearnedLabelsWarning} if method == "fit" else set()
    assert {warning.category for warning in caught} == expected
    assert {warning.filename for warning in caught} == {__file__}


def test_a_warning_points_past_joblib():
    with pytest.warns(SubjectsUnknownWarning) as caught:
        Parallel()([delayed(RidgeClassifierGroupCV().fit)(X, [0, 1, 0, 1, 0, 1])])
    assert caught[0].filename == __file__
