import pytest
import torch
from torch import nn

from sklearn_har.networks import LSTM
from sklearn_har.networks._windows_in_parts import number_of_parts, run_lstm

LARGE = 50, 128, 32  # windows, steps and units whose memory does not fit a part of 4 MiB


@pytest.fixture(autouse=True)
def small_parts_on_every_machine(monkeypatch):
    monkeypatch.setattr("sklearn_har.networks._windows_in_parts.PART_BYTES", 2**22)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)


def result_and_gradients(call, layer, sequences):
    layer.zero_grad()
    sequences.grad = None
    outputs, (states, cells) = call(sequences)
    (outputs.square().sum() + states.sin().sum() + cells.square().sum()).backward()
    return [outputs, states, cells, sequences.grad, *(values.grad for values in layer.parameters())]


@pytest.mark.parametrize("n_layers", [1, 2])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_parts_give_what_the_whole_gives(n_layers, bidirectional):
    layer = nn.LSTM(3, LARGE[2], n_layers, bidirectional=bidirectional, batch_first=True).double()
    sequences = torch.randn(*LARGE[:2], 3, dtype=torch.float64, requires_grad=True)
    assert number_of_parts(*LARGE) > 1
    whole = result_and_gradients(layer, layer, sequences)
    parts = result_and_gradients(lambda values: run_lstm(layer, values), layer, sequences)
    for one, other in zip(parts, whole, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("pooling", ["mean_max", "last"])
def test_network_trains_in_parts_and_scores_at_once(pooling):
    sizes = []
    network = LSTM(128, 3, 4, timesteps_per_step=1, lstm_units=32, pooling=pooling, dropout=0.0)
    network.recurrent.register_forward_hook(lambda module, inputs, output: sizes.append(len(inputs[0])))
    windows = torch.randn(50, 128, 3)
    in_parts, at_once = network.train()(windows), network.eval()(windows)
    torch.testing.assert_close(in_parts, at_once, rtol=1e-5, atol=1e-6)
    assert sizes == [13, 13, 12, 12, 50]


def test_parts_do_not_become_small_where_a_window_is_large():
    assert number_of_parts(64, n_steps=10_000, n_units=512) == 4
    assert number_of_parts(5, n_steps=10_000, n_units=512) == 1


def test_gated_recurrent_units_run_at_once():
    sizes = []
    layer = nn.GRU(3, LARGE[2], batch_first=True)
    layer.register_forward_hook(lambda module, inputs, output: sizes.append(len(inputs[0])))
    run_lstm(layer, torch.randn(*LARGE[:2], 3))
    assert sizes == [50]
