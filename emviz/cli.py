"""The command line: emviz lab, emviz gif, emviz html, emviz datasets."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from emviz import __version__
from emviz.lab import DEFAULT_FOLDER, lab

if TYPE_CHECKING:
    from emviz.datasets import Dataset

# Everything else is imported where it is used, so that `emviz --help` answers at once.

EXAMPLES = """\
examples:
  emviz lab                                            the lessons, in JupyterLab
  emviz lab my-course --port 9999                      in another folder, with an option for JupyterLab
  emviz datasets                                       the data that come with emviz
  emviz gif heights --model gaussian -k 2 -o heights.gif
  emviz gif moons --model kmeans -k 2 --start random --seed 4
  emviz html iris --columns "petal length (cm),petal width (cm)" -k 3
"""
MODELS = ("gaussian", "kmeans", "coins", "poisson")
COVARIANCES = ("full", "tied", "diag", "spherical")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 1 after printing why it failed; wrong usage exits with 2."""
    own, for_jupyter = split_lab(list(sys.argv[1:] if argv is None else argv))
    parser = make_parser()
    arguments = parser.parse_args(own)
    for option, model in (("covariance", "gaussian"), ("flips", "coins")):
        if getattr(arguments, option, None) is not None and arguments.model != model:
            parser.error(f"--{option} belongs to --model {model}, not to {arguments.model}")
    try:
        if arguments.command == "lab":
            lab(arguments.folder, for_jupyter)
        elif arguments.command == "datasets":
            print(list_datasets())
        else:
            print(picture(arguments))
    except (ValueError, TypeError, OSError) as error:
        print(f"emviz: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("emviz: stopped", file=sys.stderr)
        return 130  # what a shell reports after Ctrl-C
    return 0


def split_lab(argv: list[str]) -> tuple[list[str], list[str]]:
    """Split `lab [FOLDER] …` into what is ours and what goes to JupyterLab; other commands are all ours.

    Argparse cannot: it takes the 9999 of an unknown `--port 9999` for the folder.
    """
    if argv[:1] != ["lab"]:
        return argv, []
    ours = 2 if len(argv) > 1 and (argv[1] in ("-h", "--help") or not argv[1].startswith("-")) else 1
    return argv[:ours], argv[ours:]


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the list of all options above it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def make_parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    parser = Parser(
        prog="emviz", description="Watch expectation maximization think.", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"emviz {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    lessons = commands.add_parser(
        "lab", usage="emviz lab [FOLDER] [OPTION ...]",
        help="copy the notebooks into a folder and open JupyterLab there",
        description="Copy the notebooks into a folder and open JupyterLab there. Files that the folder has "
                    "already stay as they are. Options after it go to JupyterLab: --port 9999, --no-browser.",
    )
    lessons.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER, metavar="FOLDER",
                         help="where your notebooks live (default: %(default)s)")

    for name, what in (("gif", "an animated GIF"), ("html", "a page to step through, that needs no Python")):
        add_picture_options(commands.add_parser(
            name, help=f"run EM on a data set or a CSV file and write {what}", epilog=EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        ))

    commands.add_parser("datasets", help="list the data that come with emviz")
    return parser


def add_picture_options(parser: argparse.ArgumentParser) -> None:
    """The options of `emviz gif` and `emviz html`."""
    add = parser.add_argument
    add("data", metavar="DATA", help="a data set (see `emviz datasets`), or a CSV file with a header")
    add("--model", choices=MODELS, default="gaussian", help="default: %(default)s")
    add("-k", type=int, default=2, metavar="N", help="how many components (default: %(default)s)")
    add("-o", "--output", type=Path, metavar="FILE", help="default: the name of the data, in this folder")
    add("--columns", type=column_names, metavar="A,B", help="the columns of a CSV file to use")
    add("--covariance", choices=COVARIANCES, help="the shape of the Gaussians (default: full)")
    add("--flips", type=int, metavar="N", help="coins: flips in each set")
    add("--start", choices=("k-means++", "random"), default="k-means++", help="default: %(default)s")
    add("--seed", type=int, default=0, help="of the start (default: %(default)s)")
    add("--max-iterations", type=int, default=100, metavar="N", help="default: %(default)s")
    add("--temperature", type=float, metavar="T", help="1: EM, 0: hard assignment (default: the model's own)")


def column_names(text: str) -> list[str]:
    """The names in "height, mass"."""
    return [name.strip() for name in text.split(",")]


def picture(arguments: argparse.Namespace) -> str:
    """Run the model on the data and write the picture; returns what to say of it."""
    from emviz.export import save_gif
    from emviz.page import save_html
    from emviz.trace import run

    output = arguments.output or Path(f"{Path(arguments.data).stem}.{arguments.command}")
    data = read_data(arguments.data, arguments.columns)
    trace = run(make_model(arguments, data), data, arguments.start, rng=arguments.seed,
                max_iterations=arguments.max_iterations)
    path = save_gif(trace, output) if arguments.command == "gif" else save_html(trace, output)
    first_seen = {event: f"{step.kind}, iteration {step.iteration}"
                  for step in reversed(trace) for event in step.events}
    return "\n".join([f"wrote {path}: {len(trace)} steps, {trace.stop_reason}",
                      *(f"  {where}: {event}" for event, where in reversed(first_seen.items()))])


def read_data(name: str, columns: Sequence[str] | None) -> Dataset:
    """The data set of that name, or the CSV file at that path."""
    from emviz import datasets
    from emviz.tables import read_csv

    if name in datasets.names():
        return choose_columns(datasets.load(name), columns)
    if not Path(name).exists():
        raise ValueError(f"'{name}' is neither a data set nor a file: `emviz datasets` lists the data sets")
    return read_csv(name, columns)


def choose_columns(data: Dataset, columns: Sequence[str] | None) -> Dataset:
    """The columns of a data set that have these names, in this order; None keeps all."""
    if columns is None:
        return data
    for name in columns:
        if name not in data.feature_names:
            raise ValueError(f"--columns: there is no '{name}'; the columns are {', '.join(data.feature_names[:8])}")
    values = data.data.reshape(len(data), -1)[:, [data.feature_names.index(name) for name in columns]]
    return replace(data, data=values, feature_names=tuple(columns))


def make_model(arguments: argparse.Namespace, data: Dataset) -> Any:
    """The model that the options describe."""
    from emviz.models import BinomialMixture, GaussianMixture, KMeans, PoissonMixture

    options = {} if arguments.temperature is None else {"temperature": arguments.temperature}
    match arguments.model:
        case "gaussian":
            return GaussianMixture(arguments.k, arguments.covariance or "full", **options)
        case "kmeans":
            return KMeans(arguments.k, **options)
        case "coins":
            flips = arguments.flips or data.n_trials
            if flips is None:
                raise ValueError("--model coins needs --flips N: how many flips are in each set")
            return BinomialMixture(arguments.k, flips, **options)
        case _:
            return PoissonMixture(arguments.k, **options)


def list_datasets() -> str:
    """A line for each data set: its name, and the first line of its documentation."""
    from emviz import datasets

    summaries = {name: (getattr(datasets, name).__doc__ or "").partition("\n")[0] for name in datasets.names()}
    width = max(map(len, summaries))
    return "\n".join(f"{name:<{width}}  {summary}" for name, summary in summaries.items())
