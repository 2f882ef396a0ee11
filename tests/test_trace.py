"""Recorded runs: what they hold, how they print, and how they are saved and read back."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import emviz
from emviz import datasets

HEIGHTS = datasets.heights()


def points(d: int = 2) -> np.ndarray:
    rng = np.random.default_rng(0)
    return 3.0 * rng.integers(2, size=(30, 1)) + rng.normal(size=(30, d))


def of_every_model() -> dict[str, emviz.Trace]:
    prior = emviz.GaussianPrior(concentration=1.5, scale=[[1.0, 0.2], [0.2, 2.0]], degrees_of_freedom=4.5)
    weak = emviz.GaussianPrior(concentration=2)
    heads, flips = [5, 9, 8, 4, 7], [10, 11, 12, 10, 9]
    return {
        "k-means": emviz.run(emviz.KMeans(2), HEIGHTS, rng=0),
        "warm k-means": emviz.run(emviz.KMeans(3, temperature=0.7), points(), rng=0, max_iterations=3),
        "full": emviz.run(emviz.GaussianMixture(2), HEIGHTS, rng=0, max_iterations=4),
        "tied": emviz.run(emviz.GaussianMixture(2, "tied", temperature=0.5), points(), rng=0, max_iterations=4),
        "diag, fixed": emviz.run(emviz.GaussianMixture(2, "diag", fixed=("weights", "means")), points(), rng=0),
        "spherical, floor": emviz.run(emviz.GaussianMixture(2, "spherical", min_variance=1 / 3), points(5), rng=0),
        "prior": emviz.run(emviz.GaussianMixture(2, prior=prior), points(), rng=0, max_iterations=4),
        "weak prior": emviz.run(emviz.GaussianMixture(2, prior=weak), points(), rng=0, max_iterations=4),
        "collapse": emviz.run(emviz.GaussianMixture(2, min_variance=0), [0.0, 0.1, 0.3, 9.0], [0.1, 9.0]),
        "coins": emviz.run(emviz.BinomialMixture(2, 10, fixed=("weights",)), heads, [0.6, 0.5]),
        "coins of many flips": emviz.run(emviz.BinomialMixture(2, flips), heads, rng=0, max_iterations=3),
        "counts": emviz.run(emviz.PoissonMixture(2), datasets.earthquakes(), rng=0, max_iterations=3),
        "start only": emviz.run(emviz.GaussianMixture(2), HEIGHTS, rng=0, max_iterations=0),
    }


every_trace = pytest.mark.parametrize("trace", of_every_model().values(), ids=of_every_model().keys())


# ---------------------------------------------------------------- what a trace holds


@every_trace
def test_a_trace_is_a_sequence_of_steps(trace: emviz.Trace) -> None:
    assert len(list(trace)) == len(trace)
    assert trace[-1] is trace[len(trace) - 1]
    assert trace.final is trace[-1].params
    assert trace[:2] == tuple(trace)[:2]
    with pytest.raises(IndexError):
        trace[len(trace)]
    assert_array_equal(trace.log_likelihoods, [step.log_likelihood for step in trace])
    assert_array_equal(trace.lower_bounds, [step.lower_bound for step in trace])
    assert np.isnan(trace.lower_bounds[0])
    assert isinstance(trace.converged, bool)
    for array in (trace.log_likelihoods, trace.lower_bounds, trace.data):
        assert not array.flags.writeable


@every_trace
def test_responsibilities_are_those_of_q(trace: emviz.Trace) -> None:
    for i in range(1, len(trace)):
        shares = trace.responsibilities(i)
        assert shares.shape == (len(trace.data), trace.model.n_components)
        assert_array_equal(shares, emviz.responsibilities(trace.model, trace[i].q_params, trace.data))
        assert_array_equal(trace.labels(i), shares.argmax(axis=1))
    with pytest.raises(ValueError, match="step 0 is the start.*before the first E-step; ask for step 1"):
        trace.responsibilities(0)
    with pytest.raises(ValueError, match="before the first E-step"):
        trace.labels(0)


def test_data_are_as_the_model_reads_them() -> None:
    traces = of_every_model()
    assert traces["full"].data.shape == (21, 1)
    assert traces["full"].feature_names == ("height (inches)",)
    assert traces["tied"].data.dtype == np.float64
    assert traces["tied"].feature_names == ()
    for name in ("coins", "counts"):
        assert traces[name].data.ndim == 1
        assert traces[name].data.dtype.kind == "i"


def test_only_k_means_has_an_inertia() -> None:
    traces = of_every_model()
    assert_array_equal(traces["k-means"].inertias, -2 * traces["k-means"].lower_bounds)
    with pytest.raises(AttributeError, match="inertias belong to KMeans; a GaussianMixture trace has lower_bounds"):
        _ = traces["full"].inertias


# ---------------------------------------------------------------- how it prints


def test_the_table_of_two_coins() -> None:
    model = emviz.BinomialMixture(2, 10, fixed=("weights",))
    trace = emviz.run(model, datasets.coin_flips(), [0.6, 0.5], max_iterations=2)
    assert str(trace) == trace.to_table() == """\
step  kind   iteration  log-likelihood  lower bound     gap  weights  probabilities
   0  start          0        -11.3206                       0.5 0.5     0.6    0.5
   1  E              1        -11.3206     -11.3206  0.0000  0.5 0.5     0.6    0.5
   2  M              1        -10.0860     -10.2239  0.1380  0.5 0.5   0.713 0.5813
   3  E              2        -10.0860     -10.0860  0.0000  0.5 0.5   0.713 0.5813
   4  M              2         -9.9498     -10.0115  0.0617  0.5 0.5  0.7453 0.5693
(reached max_iterations=2)"""


def test_the_table_of_a_plane_groups_coordinates_and_leaves_matrices_out() -> None:
    trace = emviz.run(emviz.GaussianMixture(2), [(0, 0), (1, 0), (0, 1), (5, 5), (6, 5), (5, 7)], [(0, 0), (5, 5)],
                      max_iterations=0)
    assert str(trace) == """\
step  kind   iteration  log-likelihood  lower bound  gap  weights          means
   0  start          0        -23.5292                    0.5 0.5  (0, 0) (5, 5)
(reached max_iterations=0; covariances: see trace[step].params)"""


def test_the_table_of_k_means_shows_inertia_and_events() -> None:
    trace = emviz.run(emviz.KMeans(2), [1.0, 2.0, 3.0], [2.0, 99.0])
    lines = str(trace).splitlines()
    assert lines[0].split() == ["step", "kind", "iteration", "log-likelihood", "lower", "bound", "gap", "inertia",
                                "means", "events"]
    assert lines[3].split()[-3:] == ["1", "is", "empty"]
    assert "2.0000" in lines[3]
    assert "-0.0000" not in str(trace)


@every_trace
def test_tables_fit_a_line_each(trace: emviz.Trace) -> None:
    lines = str(trace).splitlines()
    assert len(lines) == len(trace) + 2
    assert trace.stop_reason in lines[-1]
    assert max(map(len, lines)) < 250
    assert repr(trace) == f"<Trace of {trace.model!r}: {len(trace)} steps, {trace.stop_reason}>"


# ---------------------------------------------------------------- saved and read back


@every_trace
def test_a_saved_trace_comes_back_bit_for_bit(trace: emviz.Trace, tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    trace.save(path)
    back = emviz.load_trace(path)
    assert back.model == trace.model
    assert back.feature_names == trace.feature_names
    assert_array_equal(back.data, trace.data)
    assert back.data.dtype == trace.data.dtype
    assert (back.converged, back.stop_reason) == (trace.converged, trace.stop_reason)
    assert len(back) == len(trace)
    for ours, theirs in zip(back, trace, strict=True):
        assert (ours.kind, ours.iteration, ours.params, ours.q_params) == (
            theirs.kind, theirs.iteration, theirs.params, theirs.q_params)
        assert ours.log_likelihood.hex() == theirs.log_likelihood.hex()
        assert ours.lower_bound == theirs.lower_bound or np.isnan(theirs.lower_bound)
        assert ours.events == theirs.events
    for i in range(1, len(trace)):
        assert_array_equal(back.responsibilities(i), trace.responsibilities(i))
    assert str(back) == str(trace)
    again = tmp_path / "again.npz"
    back.save(str(again))
    assert str(emviz.load_trace(str(again))) == str(trace)


def test_any_name_and_an_old_file_are_fine(tmp_path: Path) -> None:
    trace = of_every_model()["full"]
    for name in ("run", "run.emviz", "a run.v2.npz"):
        trace.save(tmp_path / name)
        trace.save(tmp_path / name)
        assert emviz.load_trace(tmp_path / name).final == trace.final
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a run.v2.npz", "run", "run.emviz"]


def test_a_megapixel_trace_stays_small(tmp_path: Path) -> None:
    """Responsibilities are not stored: a hundred states of ten thousand rows take a few kilobytes beside the rows."""
    data = np.random.default_rng(0).integers(256, size=(10_000, 3))
    trace = emviz.run(emviz.GaussianMixture(8, "diag"), data, rng=0, max_iterations=50, tolerance=0)
    trace.save(tmp_path / "run.npz")
    alone = io.BytesIO()
    np.savez_compressed(alone, data=trace.data)
    assert (tmp_path / "run.npz").stat().st_size - alone.tell() < 100_000


def entries(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as archive:
        return {name: archive[name] for name in archive.files}


def with_header(stored: dict[str, np.ndarray], **changes: Any) -> dict[str, np.ndarray]:
    return {**stored, "header": np.array(json.dumps({**json.loads(str(stored["header"])), **changes}))}


TAMPERED = {
    "another format": lambda s: with_header(s, format="a poem"),
    "from the future": lambda s: with_header(s, version=99),
    "unknown model": lambda s: with_header(s, model="Path"),
    "not a model": lambda s: with_header(s, model="GaussianPrior"),
    "no model": lambda s: with_header(s, model=None),
    "wrong size": lambda s: with_header(s, arguments={"n_components": 3}),
    "bad argument": lambda s: with_header(s, arguments={"n_components": -1}),
    "strange argument": lambda s: with_header(s, arguments={"n_components": 2, "command": "rm"}),
    "events missing": lambda s: with_header(s, events=[]),
    "header is a list": lambda s: {**s, "header": np.array("[1, 2]")},
    "header is no JSON": lambda s: {**s, "header": np.array("{")},
    "no header": lambda s: {name: array for name, array in s.items() if name != "header"},
    "no data": lambda s: {name: array for name, array in s.items() if name != "data"},
    "a NaN in the means": lambda s: {**s, "params_means": np.full_like(s["params_means"], np.nan)},
    "negative weights": lambda s: {**s, "params_weights": -s["params_weights"]},
    "a state too few": lambda s: {**s, "params_means": s["params_means"][1:]},
    "likelihoods in a table": lambda s: {**s, "log_likelihoods": s["log_likelihoods"][:, None].repeat(2, axis=1)},
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED.keys())
def test_a_tampered_file_is_a_clear_error(tamper: Any, tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    of_every_model()["full"].save(path)
    np.savez_compressed(path, **tamper(entries(path)))
    with pytest.raises(ValueError, match="run.npz is not a saved emviz trace: "):
        emviz.load_trace(path)


def test_broken_files_are_a_clear_error(tmp_path: Path) -> None:
    """Cut short anywhere, or with a byte changed anywhere: an error, or the very same run."""
    whole, path = tmp_path / "whole.npz", tmp_path / "broken.npz"
    trace = of_every_model()["coins"]
    trace.save(whole)
    content = whole.read_bytes()
    broken = [content[:size] for size in range(0, len(content), 41)]
    for position in range(0, len(content), 13):
        broken.append(content[:position] + bytes([content[position] ^ 0x55]) + content[position + 1:])
    errors = 0
    for content in broken:
        path.write_bytes(content)
        try:
            back = emviz.load_trace(path)
        except ValueError as error:
            assert "broken.npz is not a saved emviz trace" in str(error)
            errors += 1
        else:
            assert str(back) == str(trace)
    assert errors > 0.8 * len(broken)


def test_other_files_are_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "other"
    contents = [b"", b"hello", np.random.default_rng(0).bytes(1000)]
    buffer = io.BytesIO()
    np.save(buffer, np.arange(3.0))
    contents.append(buffer.getvalue())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("header.npy", b"no array")
    contents.append(buffer.getvalue())
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(ValueError, match="other is not a saved emviz trace"):
            emviz.load_trace(path)
    with pytest.raises(ValueError, match="is not a saved emviz trace"):
        emviz.load_trace(tmp_path)
    with pytest.raises(FileNotFoundError):
        emviz.load_trace(tmp_path / "nothing.npz")


class Bomb:
    """Leaves a trace where it is unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("where", ["whole file", "header", "data"])
def test_nothing_is_ever_unpickled(where: str, tmp_path: Path) -> None:
    path, crater = tmp_path / "run.npz", tmp_path / "crater"
    of_every_model()["full"].save(path)
    if where == "whole file":
        path.write_bytes(pickle.dumps(Bomb(crater)))
    else:
        np.savez(path, **{**entries(path), where: np.array([Bomb(crater)], dtype=object)})
    with pytest.raises(ValueError, match="is not a saved emviz trace"):
        emviz.load_trace(path)
    assert not crater.exists()
