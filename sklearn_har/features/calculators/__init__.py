"""The calculators of tsfresh, compiled and in batches, each under the name that tsfresh gives it.

A calculator takes a `Batch` and a list of parameters, and gives an array of float64 of shape
(n_windows, n_parameters), NaN and infinity where tsfresh has them.
"""

from ._autocorrelation import agg_autocorrelation, autocorrelation, partial_autocorrelation
from ._autoregression import ar_coefficient, augmented_dickey_fuller
from ._changes import (
    absolute_sum_of_changes,
    c3,
    cid_ce,
    mean_abs_change,
    mean_change,
    mean_second_derivative_central,
    time_reversal_asymmetry_statistic,
)
from ._counts import (
    benford_correlation,
    count_above,
    count_above_mean,
    count_below,
    count_below_mean,
    has_duplicate,
    has_duplicate_max,
    has_duplicate_min,
    longest_strike_above_mean,
    longest_strike_below_mean,
    number_crossing_m,
    percentage_of_reoccurring_datapoints_to_all_datapoints,
    percentage_of_reoccurring_values_to_all_values,
    range_count,
    ratio_beyond_r_sigma,
    ratio_value_number_to_time_series_length,
    sum_of_reoccurring_data_points,
    sum_of_reoccurring_values,
    value_count,
)
from ._entropy import (
    approximate_entropy,
    binned_entropy,
    fourier_entropy,
    lempel_ziv_complexity,
    permutation_entropy,
    sample_entropy,
)
from ._langevin import friedrich_coefficients, max_langevin_fixed_point
from ._locations import (
    energy_ratio_by_chunks,
    first_location_of_maximum,
    first_location_of_minimum,
    index_mass_quantile,
    last_location_of_maximum,
    last_location_of_minimum,
)
from ._peaks import number_cwt_peaks, number_peaks, query_similarity_count
from ._quantiles import change_quantiles, quantile
from ._spectrum import cwt_coefficients, fft_aggregated, fft_coefficient, spkt_welch_density
from ._statistics import (
    abs_energy,
    absolute_maximum,
    kurtosis,
    large_standard_deviation,
    length,
    maximum,
    mean,
    mean_n_absolute_max,
    median,
    minimum,
    root_mean_square,
    skewness,
    standard_deviation,
    sum_values,
    symmetry_looking,
    variance,
    variance_larger_than_standard_deviation,
    variation_coefficient,
)
from ._trend import agg_linear_trend, linear_trend
