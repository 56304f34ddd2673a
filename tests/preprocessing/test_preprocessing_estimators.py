import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks

from sklearn_har.preprocessing import (
    ButterworthFilter,
    ChannelScaler,
    GravitySeparator,
    Magnitude,
    MedianFilter,
)
from sklearn_har.recordings import check_recordings


@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")  # fitted on both kinds
@pytest.mark.parametrize(
    "check",
    [
        "check_transformer_get_feature_names_out",
        "check_transformer_get_feature_names_out_pandas",
        "check_set_output_transform",
        "check_set_output_transform_pandas",
        "check_global_output_transform_pandas",
        "check_dataframe_column_names_consistency",
        "check_readonly_memmap_input",
    ],
)
@pytest.mark.parametrize(
    "estimator",
    [
        MedianFilter(),
        ButterworthFilter(high=0.2),
        GravitySeparator(cutoff=0.1, channels=[0]),  # the checks name their channels feature_0 or col0
        Magnitude(sensors={"acc": [0, 1]}),
        ChannelScaler(),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_further_scikit_learn_checks(estimator, check):
    name = type(estimator).__name__
    getattr(estimator_checks, check)(name, clone(estimator))


ON_RECORDINGS = [
    MedianFilter(5),
    ButterworthFilter(high=20.0),
    ButterworthFilter(low=0.3, high=15.0, zero_phase=False),
    GravitySeparator(),
    Magnitude(),
    Magnitude(keep_axes=False),
    ChannelScaler(),
    ChannelScaler(per="subject"),
]


@pytest.fixture(params=ON_RECORDINGS, ids=repr)
def transformer(request):
    return clone(request.param)


def test_frame_in_frame_out_with_its_index(transformer, walkers):
    out = transformer.fit(walkers).transform(walkers)
    assert isinstance(out, pd.DataFrame)
    assert out.index.identical(walkers.index)
    assert list(out.columns) == list(transformer.get_feature_names_out())
    assert (out.dtypes == np.float64).all()
    check_recordings(out)
    pd.testing.assert_frame_equal(transformer.fit_transform(walkers), out)


def test_each_run_is_transformed_as_if_it_were_alone(transformer, walkers):
    together = transformer.fit(walkers).transform(walkers)
    rows = check_recordings(walkers)
    assert len(rows.run_slices) == 5
    for run in rows.run_slices:
        alone = transformer.transform(walkers.iloc[run])
        pd.testing.assert_frame_equal(alone, together.iloc[run])


def test_input_is_not_modified(transformer, walkers):
    before = walkers.copy()
    out = transformer.fit_transform(walkers)
    out.iloc[:] = 0.0
    pd.testing.assert_frame_equal(walkers, before)
    transformer.fit(before).transform(before)
    pd.testing.assert_frame_equal(walkers, before)


def test_arrays_and_other_memory_layouts_give_the_same_numbers(transformer, walkers):
    expected = transformer.fit_transform(walkers).to_numpy()
    frame = pd.DataFrame(np.asfortranarray(walkers.to_numpy()), walkers.index, walkers.columns)
    # not to the bit: sums over another layout may round otherwise
    np.testing.assert_allclose(transformer.fit_transform(frame).to_numpy(), expected, atol=1e-12)
    reversed_twice = walkers.iloc[:, ::-1].iloc[:, ::-1]
    np.testing.assert_allclose(transformer.fit_transform(reversed_twice).to_numpy(), expected, atol=1e-12)


def test_pickled_and_cloned_give_the_same_numbers(transformer, walkers):
    expected = transformer.fit_transform(walkers)
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(transformer)).transform(walkers), expected)
    pd.testing.assert_frame_equal(clone(transformer).fit_transform(walkers), expected)


def test_set_output_pandas_keeps_the_index(transformer, walkers):
    expected = transformer.fit_transform(walkers)
    transformer.set_output(transform="pandas")
    pd.testing.assert_frame_equal(transformer.fit_transform(walkers), expected)
    pd.testing.assert_frame_equal(transformer.transform(walkers), expected)


def test_polars_output_of_recordings_is_refused(transformer, walkers):
    pytest.importorskip("polars")
    transformer.set_output(transform="polars")
    for transform in (transformer.fit_transform, transformer.fit):
        with pytest.raises(ValueError, match=r"polars frames, which have no index.*set_output"):
            transform(walkers)


def test_array_after_recordings_is_refused(transformer, walkers):
    transformer.fit(walkers)
    array = walkers.reset_index(drop=True)
    with pytest.raises(ValueError, match="lost their index"):
        transformer.transform(array)


def test_another_rate_is_refused(transformer, walkers, recordings_of):
    slower = recordings_of((1, 1, 0.0, np.ones((50, 6))), columns=walkers.columns, sampling_rate=25.0)
    with pytest.raises(ValueError, match=r"25 rows per second; 50 Hz is expected"):
        transformer.fit(walkers).transform(slower)


def test_a_pipeline_of_filters_gives_recordings(walkers):
    out = make_pipeline(MedianFilter(3), ButterworthFilter(high=20.0)).fit_transform(walkers)
    assert out.index.identical(walkers.index)
    assert out.columns.equals(walkers.columns)
    one_by_one = ButterworthFilter(high=20.0).fit_transform(MedianFilter(3).fit_transform(walkers))
    pd.testing.assert_frame_equal(out, one_by_one)


def test_a_pipeline_names_the_channels_it_gives(walkers):
    pipeline = make_pipeline(GravitySeparator(), Magnitude(keep_axes=False)).set_output(transform="pandas")
    out = pipeline.fit_transform(walkers)
    assert list(out.columns) == ["body_acc_magnitude", "gyro_magnitude", "gravity_acc_magnitude"]
    assert list(pipeline.get_feature_names_out()) == list(out.columns)


def test_a_frame_without_column_names_keeps_its_columns():
    X = pd.DataFrame(np.eye(5), index=list("abcde"))
    out = MedianFilter().fit_transform(X)
    assert out.index.equals(X.index)
    assert out.columns.equals(X.columns)


def test_polars_output_of_rows_without_index_is_given():
    polars = pytest.importorskip("polars")
    out = MedianFilter().set_output(transform="polars").fit_transform(np.eye(5))
    assert isinstance(out, polars.DataFrame)
