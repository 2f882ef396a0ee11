"""Turns what people pass in into clean arrays, or one clear error."""

from __future__ import annotations

import difflib
import numbers
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

LARGEST = 1e150  # beyond this a square overflows, and with it every variance
SMALLEST_SPREAD = 1e-140  # below this a square underflows
WEIGHT_TOLERANCE = 1e-6  # weights that sum to one this closely are taken and normalized

Rng = None | int | np.random.SeedSequence | np.random.Generator


class Table(NamedTuple):
    """Rows of numbers with the names of their columns."""

    values: np.ndarray
    feature_names: tuple[str, ...]


# ---------------------------------------------------------------- data


def table(data: Any, argument: str = "points") -> Table:
    """Read `data` as float64 rows.

    Takes arrays, lists, DataFrames and anything with `.data` and `.feature_names` (an emviz or
    scikit-learn data set). `float[n]` is read as one feature.

    Returns values: float[n, d], a read-only copy; feature_names: one per column, empty where none
    were given. Raises TypeError or ValueError that names the argument, the row and the column.
    """
    names: Sequence[Any] = ()
    if hasattr(data, "to_numpy"):  # pandas or polars, told by their manners so that neither is imported
        names = list(data.columns) if hasattr(data, "columns") else [getattr(data, "name", None) or "x"]
        data = data.to_numpy()
    elif hasattr(data, "feature_names") and hasattr(data, "data"):
        data, names = data.data, data.feature_names
    if isinstance(data, np.ma.MaskedArray):
        raise TypeError(f"{argument} is a masked array, whose mask would be ignored: "
                        f"drop the masked rows and pass {argument}.compressed() or a plain array")
    if hasattr(data, "toarray"):
        raise TypeError(f"{argument} is a sparse matrix: pass {argument}.toarray()")

    array = _as_array(data, argument)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise ValueError(_wrong_dimensions(array, argument))
    if array.shape[0] == 0:
        raise ValueError(f"{argument} is empty: it needs at least one row")
    if array.shape[1] == 0:
        raise ValueError(f"{argument} has {array.shape[0]} rows but no columns: it needs at least one feature")
    names = tuple(str(name) for name in names)
    if len(names) != array.shape[1]:
        names = ()

    values = _as_floats(array, argument, names)
    _check_finite(values, argument, names)
    return Table(frozen(values), names)


def counts(data: Any, argument: str = "counts", least: int = 0) -> np.ndarray:
    """Read `data` as whole numbers from `least` up: int[n], read-only."""
    values, names = table(data, argument)
    if values.shape[1] != 1:
        raise ValueError(f"{argument} has {values.shape[1]} columns: counts are one column of whole numbers")
    column = values[:, 0]
    low = "a negative count" if least == 0 else "too low"
    for wrong, what in ((column < least, low), (column != np.floor(column), "not a whole number"),
                        (column > 2.0**53, "too large to count exactly")):
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ValueError(f"{argument}, row {row}: {column[row]:g} is {what}; whole numbers from {least} up are "
                             "needed")
    return frozen(column.astype(np.int64))


def trials(value: Any) -> int | tuple[int, ...]:
    """Flips a set: one whole number from zero up, or one for each set."""
    if np.ndim(value) > 0:
        return tuple(counts(value, "n_trials").tolist())
    whole = isinstance(value, (float, np.floating)) and float(value).is_integer()
    return positive_integer(int(value) if whole else value, "n_trials", least=0)


def flips(heads: np.ndarray, n_trials: int | tuple[int, ...]) -> np.ndarray:
    """The flips of each set of `heads: int[n]`: int[n], from one number or one a set."""
    flips = np.broadcast_to(n_trials, len(heads)) if np.size(n_trials) == 1 else np.array(n_trials)
    if len(flips) != len(heads):
        raise ValueError(f"n_trials has {len(flips)} numbers for {len(heads)} sets of heads: "
                         "give one number, or one a set")
    if (heads > flips).any():
        row = int(np.argmax(heads > flips))
        raise ValueError(f"heads, set {row}: {heads[row]} heads of {flips[row]} flips; "
                         "there cannot be more heads than flips")
    return flips


def place(row: int, column: int, names: Sequence[str] = ()) -> str:
    """Words for a cell: "row 3, column 1 ('petal width')"."""
    return f"row {row}, {column_name(column, names)}"


def column_name(column: int, names: Sequence[str] = ()) -> str:
    return f"column {column}" + (f" ('{names[column]}')" if len(names) > column else "")


def _as_array(data: Any, argument: str) -> np.ndarray:
    if isinstance(data, (str, bytes)) or data is None or isinstance(data, (dict, set)):
        raise TypeError(f"{argument} is {_kind(data)}: pass an array, a list of rows or a DataFrame")
    try:
        array = np.asarray(data)
    except ValueError:
        raise ValueError(_ragged(data, argument)) from None
    if array.dtype.kind in "US" and not isinstance(data, np.ndarray):
        array = np.asarray(data, dtype=object)  # one word in a list turns all its numbers into text: look again
    if array.dtype == object and array.ndim == 1 and any(isinstance(row, (Sequence, np.ndarray)) and
                                                        not isinstance(row, str) for row in array):
        raise ValueError(_ragged(list(array), argument))
    if array.ndim == 0 and array.dtype == object:
        raise TypeError(f"{argument} is {_kind(data)}: pass an array, a list of rows or a DataFrame")
    if array.ndim == 0:
        raise ValueError(f"{argument} is a single value ({array}): pass a list or an array of rows")
    return array


def _ragged(rows: Iterable[Any], argument: str) -> str:
    lengths = [np.size(row) if isinstance(row, (Sequence, np.ndarray)) else 1 for row in rows]
    other = next((i for i, length in enumerate(lengths) if length != lengths[0]), 0)
    return (f"{argument} is ragged: row {other} has {lengths[other]} value{'s' * (lengths[other] != 1)}, row 0 has "
            f"{lengths[0]}; every row needs the same number of columns")


def _wrong_dimensions(array: np.ndarray, argument: str) -> str:
    if array.ndim == 3 and array.shape[2] in (3, 4):
        return (f"{argument} has shape {array.shape}, which looks like an image: "
                f"pass its pixels as rows, {argument}.reshape(-1, {array.shape[2]})")
    return (f"{argument} has {array.ndim} dimensions, shape {array.shape}: it needs rows and columns, "
            f"for example {argument}.reshape(len({argument}), -1)")


def _as_floats(array: np.ndarray, argument: str, names: Sequence[str]) -> np.ndarray:
    if array.dtype.kind in "biuf":
        return np.array(array, dtype=np.float64)
    if array.dtype.kind == "c":
        raise TypeError(f"{argument} holds complex numbers: pass the real part, {argument}.real")
    if array.dtype.kind == "V":
        raise TypeError(f"{argument} is a structured array: pass its fields side by side, "
                        f"numpy.column_stack([{argument}[name] for name in {argument}.dtype.names])")
    if array.dtype.kind in "Mm":
        raise TypeError(f"{argument} holds dates or times: convert them to numbers yourself, so that the unit is yours")
    values = np.empty(array.shape)
    for (row, column), cell in np.ndenumerate(array):
        values[row, column] = _number(cell, argument, row, column, names)
    return values


def _number(cell: Any, argument: str, row: int, column: int, names: Sequence[str]) -> float:
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return np.nan
    if isinstance(cell, numbers.Real) or isinstance(cell, np.bool_):
        try:
            return float(cell)
        except OverflowError:
            return np.inf
    if not isinstance(cell, (str, bytes)) and hasattr(cell, "__float__") and not isinstance(cell, numbers.Complex):
        return float(cell)  # Decimal and its kin
    shown = cell.item() if isinstance(cell, np.generic) else cell
    raise TypeError(f"{argument}, {place(row, column, names)}: {shown!r} is {_kind(cell)}, not a number; "
                    "convert that column to numbers or leave it out")


def _kind(value: Any) -> str:
    if isinstance(value, (str, bytes)):
        return "text"
    return "None" if value is None else f"a {type(value).__name__}"


def _check_finite(values: np.ndarray, argument: str, names: Sequence[str]) -> None:
    for wrong, what, way_out in (
        (np.isnan(values), "missing", "drop the row or fill the value in"),
        (np.isinf(values), "infinite", "drop the row or correct the value"),
        (np.abs(values) > LARGEST, "too large to square", f"rescale {argument}, for example to units of their spread"),
    ):
        if wrong.any():
            row, column = (int(i) for i in np.argwhere(wrong)[0])
            total = int(wrong.sum())
            noun = f"1 {what} value" if total == 1 else f"{total} {what} values"
            if what == "too large to square":
                noun = f"a magnitude {what}" if total == 1 else f"{total} values of a magnitude {what}"
            raise ValueError(f"{argument} has {noun}, {'first ' if total > 1 or what == 'missing' else ''}at "
                             f"{place(row, column, names)}: {way_out}")


# ---------------------------------------------------------------- can these rows be fitted?


def enough_rows(n_rows: int, n_components: int, name: str = "n_components", argument: str = "points") -> None:
    """A fit needs at least one row a component."""
    if n_components > n_rows:
        raise ValueError(f"{name}={n_components}, but {argument} has only {n_rows} row{'s' * (n_rows != 1)}: "
                         f"choose {name} from 1 to {n_rows}")


def spread(values: np.ndarray, names: Sequence[str] = (), argument: str = "points") -> None:
    """Refuse columns of `values: float[n, d]` whose spread float64 cannot resolve."""
    low, high = values.min(axis=0), values.max(axis=0)
    for column, width in enumerate(high - low):
        largest = max(abs(low[column]), abs(high[column]))
        where = f"{argument}, {column_name(column, names)}"
        if 0 < width < 8 * np.spacing(largest):
            raise ValueError(f"{where}: a spread of {width:.3g} is too small for the magnitude {largest:.3g}, float64 "
                             "cannot tell the values apart; subtract the offset where the numbers are made")
        if 0 < width < SMALLEST_SPREAD:
            raise ValueError(f"{where}: a spread of {width:.3g} is too small to square; rescale the column")


def varied_rows(values: np.ndarray, way_out: str, argument: str = "points") -> None:
    """Refuse `values: float[n, d]` whose rows are all equal."""
    if len(values) == 1:
        raise ValueError(f"{argument} has only 1 row, and a single row has no spread; {way_out}")
    if (values == values[0]).all():
        raise ValueError(f"{argument}: all rows are equal, so there is nothing to tell apart; {way_out}")


def invertible(values: np.ndarray, names: Sequence[str], *, correlated: bool, way_out: str,
               argument: str = "points") -> None:
    """Refuse `values: float[n, d]` with a constant column or, if `correlated`, with collinear columns.

    Collinear: the correlation matrix has an eigenvalue of at most 1e-12, the default floor of variances.
    """
    deviations = values - values.mean(axis=0)
    deviations[:, values.min(axis=0) == values.max(axis=0)] = 0.0
    scale = np.sqrt((deviations**2).mean(axis=0))
    if (scale == 0).any():
        column = int(np.argmax(scale == 0))
        raise ValueError(f"{argument}, {column_name(column, names)} is constant, so its variance is zero: "
                         f"leave the column out, or {way_out}")
    if not correlated or values.shape[1] == 1:
        return
    standardized = deviations / scale
    eigenvalues, directions = np.linalg.eigh(standardized.T @ standardized / len(values))
    if eigenvalues[0] <= 1e-12:
        columns = np.flatnonzero(np.abs(directions[:, 0]) > 0.1)[:4]
        listed = " and ".join(column_name(int(c), names) for c in columns) or "its columns"
        raise ValueError(f"{argument}: {listed} are collinear (with {len(values)} rows, {values.shape[1]} columns do "
                         f"not vary independently), so a covariance would be singular: leave a column out, use "
                         f'covariance_type="diag", or {way_out}')


# ---------------------------------------------------------------- single arguments


def positive_integer(value: Any, argument: str, least: int = 1) -> int:
    """An integer from `least` up; bools, floats and text are TypeErrors."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{argument}={value!r} is {_kind(value)}: it must be a whole number, at least {least}")
    if value < least:
        raise ValueError(f"{argument}={value} is too small: it must be at least {least}")
    return int(value)


def nonnegative(value: Any, argument: str) -> float:
    """A finite number from zero up."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"{argument}={value!r} is {_kind(value)}: it must be a number, 0 or more")
    if not 0 <= float(value) < np.inf:
        raise ValueError(f"{argument}={value} must be a finite number, 0 or more")
    return float(value)


def choice(value: Any, argument: str, choices: Sequence[str]) -> str:
    """One of `choices`; the error suggests the nearest."""
    if not isinstance(value, str) or value not in choices:
        near = difflib.get_close_matches(value, choices, n=1) if isinstance(value, str) else []
        guess = f"did you mean {near[0]!r}? Choose" if near else "choose"
        raise ValueError(f"{argument}={value!r} is unknown: {guess} one of {', '.join(map(repr, choices))}")
    return value


def names_among(value: Any, argument: str, choices: Sequence[str]) -> tuple[str, ...]:
    """A tuple of some of `choices`; a single name may stand alone."""
    if not isinstance(value, (str, Sequence, set, frozenset)):
        raise TypeError(f"{argument}={value!r} is {_kind(value)}: give a tuple of names, or () for none")
    given = (value,) if isinstance(value, str) else tuple(value)
    for name in given:
        choice(name, argument, choices)
    return given


def generator(rng: Rng) -> np.random.Generator:
    """A random generator from a seed; a Generator is used as it is, and advanced."""
    if isinstance(rng, (bool, np.bool_)):
        raise TypeError(f"rng={rng} is a bool: pass a whole number as the seed, or a numpy.random.Generator")
    if rng is None or isinstance(rng, (np.random.Generator, np.random.SeedSequence)):
        return np.random.default_rng(rng)
    if not isinstance(rng, numbers.Integral):
        raise TypeError(f"rng={rng!r} is {_kind(rng)}: pass a whole number as the seed, or a numpy.random.Generator")
    if rng < 0:
        raise ValueError(f"rng={rng} is negative: a seed is 0 or more")
    return np.random.default_rng(int(rng))


# ---------------------------------------------------------------- arrays of parameters


def frozen(array: np.ndarray) -> np.ndarray:
    """The same array, closed to writing."""
    array.flags.writeable = False
    return array


def numbers_in(value: Any, argument: str) -> np.ndarray:
    """A float64 copy of `value`, any shape, finite."""
    if value is None or isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{argument} is {_kind(value)}: give numbers")
    try:
        given = np.asarray(value)
    except ValueError:
        given = np.asarray(value, dtype=object)
    if given.dtype.kind not in "biufO":
        what = "complex numbers" if given.dtype.kind == "c" else _kind(given.flat[0])
        raise TypeError(f"{argument} must be numbers, not {what}")
    try:
        array = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{argument} must be numbers of a regular shape, not {value!r}") from None
    if not np.isfinite(array).all():
        index = ", ".join(str(int(i)) for i in np.argwhere(~np.isfinite(array))[0])
        place = f"{argument}[{index}]" if index else argument
        raise ValueError(f"{place} is {'missing (NaN)' if np.isnan(array).any() else 'infinite'}: "
                         "parameters must be finite numbers")
    return array


def shaped(array: np.ndarray, argument: str, shape: tuple[int, ...], meaning: str) -> np.ndarray:
    if array.shape != shape:
        raise ValueError(f"{argument} has shape {array.shape}, expected {shape}: {meaning}")
    return array


def weights(value: Any, argument: str = "weights") -> np.ndarray:
    """Mixing weights: float[k], none negative, summing to one (to 1e-6, then normalized)."""
    array = numbers_in(value, argument)
    if array.ndim != 1 or len(array) == 0:
        raise ValueError(f"{argument} has shape {array.shape}: give one weight a component")
    if (array < 0).any():
        k = int(np.argmin(array))
        raise ValueError(f"{argument}[{k}] is {float(array[k])!r}: a weight cannot be negative")
    total = float(array.sum())
    if abs(total - 1) > WEIGHT_TOLERANCE:
        raise ValueError(f"{argument} sum to {total!r}, not 1: divide them by their sum")
    # Sums that are off by rounding only stay as they are, so that saved parameters come back bit for bit.
    return array if abs(total - 1) <= 1e-12 else array / total


def means(value: Any, argument: str = "means") -> np.ndarray:
    """Component means: float[k, d]; float[k] is one feature."""
    array = numbers_in(value, argument)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"{argument} has shape {array.shape}: give one row a component, float[k, d]")
    if (np.abs(array) > LARGEST).any():
        row = int(np.argwhere(np.abs(array) > LARGEST)[0, 0])
        raise ValueError(f"{argument}[{row}] has a magnitude too large to square: rescale the data and the start")
    return array


def covariances(value: Any, k: int, d: int, argument: str = "covariances") -> np.ndarray:
    """Component covariances: float[k, d, d], symmetric and positive definite.

    A number is a variance for all, float[d, d] one matrix for all, and with one feature float[k]
    are the variances.
    """
    array = numbers_in(value, argument)
    if array.ndim == 0:
        array = np.tile(array * np.eye(d), (k, 1, 1))
    elif array.shape == (k, d, d):
        pass
    elif d == 1 and array.shape in ((k,), (k, 1)):
        array = array.reshape(k, 1, 1)
    elif array.shape == (d, d):
        array = np.tile(array, (k, 1, 1))
    else:
        raise ValueError(f"{argument} has shape {array.shape}, expected {(k, d, d)}: one {d} x {d} matrix a component")
    if (array != array.transpose(0, 2, 1)).any():
        _check_symmetric(array, argument)
        array = (array + array.transpose(0, 2, 1)) / 2
    try:
        np.linalg.cholesky(array)
    except np.linalg.LinAlgError:
        smallest = np.linalg.eigvalsh(array)[:, 0]
        failed = [c for c, matrix in enumerate(array) if not _is_positive_definite(matrix)]
        component = failed[0] if failed else int(np.argmin(smallest))
        raise ValueError(f"{argument}[{component}] is not positive definite: its smallest eigenvalue is "
                         f"{smallest[component]:g}; a covariance needs all above zero") from None
    return array


def _check_symmetric(matrices: np.ndarray, argument: str) -> None:
    """Refuse matrices float[k, d, d] that differ from their transposes by more than rounding."""
    for component, matrix in enumerate(matrices):
        scale = np.sqrt(np.abs(np.diagonal(matrix)))
        if (np.abs(matrix - matrix.T) > 1e-9 * np.outer(scale, scale)).any():
            i, j = (int(x) for x in np.argwhere(matrix != matrix.T)[0])
            raise ValueError(f"{argument}[{component}] is not symmetric: entry ({i}, {j}) is {matrix[i, j]:g}, "
                             f"entry ({j}, {i}) is {matrix[j, i]:g}")


def responsibilities(value: Any, n: int, k: int, argument: str = "responsibilities") -> np.ndarray:
    """Responsibilities float[n, k] from a table whose rows sum to one, or from labels int[n]."""
    array = numbers_in(value, argument)
    if array.ndim == 1:
        shaped(array, argument, (n,), "one label a row")
        wrong = (array != np.floor(array)) | (array < 0) | (array >= k)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ValueError(f"{argument}, row {row}: label {array[row]:g} is not a component; "
                             f"labels run from 0 to {k - 1}")
        return np.eye(k)[array.astype(int)]
    shaped(array, argument, (n, k), "one row a point, one column a component")
    if (array < 0).any():
        row, column = (int(i) for i in np.argwhere(array < 0)[0])
        raise ValueError(f"{argument}, row {row}, column {column} is {array[row, column]:g}: it cannot be negative")
    totals = array.sum(axis=1)
    if (np.abs(totals - 1) > WEIGHT_TOLERANCE).any():
        row = int(np.argmax(np.abs(totals - 1)))
        raise ValueError(f"{argument}, row {row} sums to {float(totals[row])!r}, not 1")
    return array / totals[:, None]


def _is_positive_definite(matrix: np.ndarray) -> bool:
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return True
