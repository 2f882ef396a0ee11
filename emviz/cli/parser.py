"""The commands, their options, and their help."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from emviz import __version__
from emviz.cli import kinds
from emviz.lab import DEFAULT_FOLDER

MODELS = ("gaussian", "kmeans", "coins", "poisson")
COVARIANCES = ("full", "tied", "diag", "spherical")
STARTS = ("k-means++", "random", "responsibilities")

# What each command writes.
PICTURES = {
    "gif": "an animated GIF",
    "mp4": "a video",
    "webp": "an animated WebP",
    "strip": "a film strip for paper, as PNG, SVG or PDF",
    "frames": "a folder of numbered PNG files",
    "html": "a page to step through, that needs no Python",
}
OTHERS = {
    "lab": "the lessons, in JupyterLab",
    "notebooks": "copy the lessons into a folder, also without the solutions",
    "datasets": "list the data that come with emviz",
}
COMMANDS = (*PICTURES, *OTHERS)

# Options that only some commands have.
_ONLY = {
    "--tween": ("gif", "mp4", "webp", "frames", "html"),
    "--seconds-per-step": ("gif", "mp4", "webp", "html"),
    "--hold": ("gif", "mp4", "webp", "html"),
    "--once": ("gif", "webp"),
    "--without-solutions": ("notebooks",),
}

START = """\
emviz: which command? Three to begin with:
  emviz lab               the lessons, in JupyterLab
  emviz gif faithful      EM on a data set, as an animated GIF
  emviz --help            all commands
"""

EXAMPLES = {
    "": """
        emviz lab                                     the lessons, in JupyterLab
        emviz gif faithful                            a GIF of EM on a data set
        emviz html moons --model kmeans               a page to step through
        emviz datasets                                the data that come with emviz
        emviz gif --help                              all that a command can do""",
    "gif": """
        emviz gif faithful
        emviz gif blobs --model kmeans -k 4 --start random --seed 1 -o stuck.gif
        emviz gif iris --columns "petal length (cm),petal width (cm)" -k 3
        emviz gif flower -k 5 --size 640x360          the pixels of a photograph""",
    "mp4": """
        emviz mp4 heights --steps 0-8 --tween 8
        emviz mp4 earthquakes --model poisson -k 3 --steps 0-20 --seconds-per-step 0.4""",
    "webp": """
        emviz webp coin_flips --steps 0-6 --tween 3
        emviz webp blobs -k 4 --view "free energy" --steps 0-8 --once""",
    "strip": """
        emviz strip heights --steps 0,1,2,4,last -o heights.pdf
        emviz strip faithful --steps 0-8:2 --no-caption""",
    "frames": """
        emviz frames faithful --steps 0-8
        emviz frames moons --model kmeans --size 1280x720 --title "Two moons" -o moons""",
    "html": """
        emviz html coin_flips --view surface
        emviz html galaxies -k 3 --steps 0-last:4""",
    "lab": """
        emviz lab                                     in the folder emviz-notebooks
        emviz lab heights                             opens that notebook; 01_heights and 01 do, too
        emviz lab my-course heights                   in another folder
        emviz lab --port 9999 --no-browser            options go to JupyterLab""",
    "notebooks": """
        emviz notebooks for-me
        emviz notebooks for-my-class --without-solutions""",
}


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the list of all options above it."""

    def __init__(self, *, command: str = "", **look: Any):
        examples = "\n".join(f"  {line.strip()}" for line in EXAMPLES.get(command, "").splitlines() if line)
        super().__init__(epilog=f"examples:\n{examples}" if examples else None, allow_abbrev=False,
                         formatter_class=argparse.RawDescriptionHelpFormatter, **look)

    def error(self, message: str) -> NoReturn:
        """`argument -k: is 0: …` is `-k is 0: …` here."""
        message = re.sub(r"^argument (?:-\w/)?(\S+?):? (is |expected|not allowed)", r"\1 \2", message)
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        print(message, end="", file=file or sys.stderr, flush=True)  # where argparse would not hear of a closed pipe


def parse(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """The command with its options, and what goes to JupyterLab. Wrong usage exits with 2."""
    parser = make_parser()
    own, for_jupyter = split_lab(argv)
    if not own:
        parser.exit(2, START)
    if not own[0].startswith("-") and own[0] not in COMMANDS:
        parser.error(f"{own[0]} is no command: {kinds.guess(own[0], COMMANDS)}")
    arguments, unknown = parser.parse_known_args(own)
    if unknown:
        arguments.parser.error(_about_unknown(unknown[0], arguments))
    return arguments, for_jupyter


def split_lab(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split `lab [FOLDER] [NOTEBOOK] …` into what is ours and what goes to JupyterLab; other commands are all ours.

    Argparse cannot: it takes the 9999 of an unknown `--port 9999` for the folder.
    """
    if list(argv[:1]) != ["lab"] or argv[1:2] in (["-h"], ["--help"]):
        return list(argv), []
    ours = next((place for place, word in enumerate(argv) if word.startswith("-")), len(argv))
    return list(argv[:ours]), list(argv[ours:])


def make_parser() -> Parser:
    """All commands and their options."""
    parser = Parser(prog="emviz", description="Watch expectation maximization think.",
                    usage="emviz COMMAND [OPTION ...]")
    parser.add_argument("--version", action="version", version=f"emviz {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")
    for name, what in PICTURES.items():
        _add_picture(commands.add_parser(
            name, command=name, help=what, usage=f"emviz {name} DATA [OPTION ...]",
            description=f"Run EM, and write {what}.\nA file that is there already is replaced.",
        ), name)

    lessons = commands.add_parser(
        "lab", command="lab", help=OTHERS["lab"], usage="emviz lab [FOLDER] [NOTEBOOK] [OPTION ...]",
        description="Copy the notebooks into a folder, without their outputs, and open JupyterLab there.\nFiles that "
                    "the folder has already stay as they are. Options go to JupyterLab.",
    )
    lessons.add_argument(
        "words", nargs="*", metavar="[FOLDER] [NOTEBOOK]",
        help=f"where your notebooks live (default: {DEFAULT_FOLDER}), and the one to open (default: the first); "
             "./heights is always a folder")

    copies = commands.add_parser(
        "notebooks", command="notebooks", help=OTHERS["notebooks"],
        usage="emviz notebooks FOLDER [--without-solutions]",
        description="Copy the notebooks into a folder. Files that the folder has already stay as they are.",
    )
    copies.add_argument("folder", type=Path, metavar="FOLDER", help="made if it is not there")
    copies.add_argument("--without-solutions", action="store_true",
                        help="for a class: no solutions, no answers folded away, no outputs")

    commands.add_parser("datasets", command="datasets", help=OTHERS["datasets"], usage="emviz datasets",
                        description="List the data that come with emviz.")
    for name, chosen in commands.choices.items():
        chosen.set_defaults(parser=chosen)
        chosen.prog = f"emviz {name}"
    return parser


def _add_picture(parser: Parser, command: str) -> None:
    """DATA, and the options of a command that writes a picture."""
    add = parser.add_argument
    add("data", metavar="DATA", help="a data set or a photograph that `emviz datasets` lists; a CSV or TSV file; a "
        "picture, for its pixels; or - for a table from standard input (./name is always a file)")

    add = parser.add_argument_group("the run").add_argument
    add("--columns", type=kinds.names, metavar="A,B", help="the columns of the table to use")
    add("--model", type=kinds.one_of(MODELS), metavar="NAME",
        help=f"{', '.join(MODELS)} (default: gaussian; kmeans for a picture, coins for coin flips)")
    add("-k", type=kinds.whole(1), metavar="N", help="how many components (default: 2; 5 for a picture)")
    add("--covariance", type=kinds.one_of(COVARIANCES), metavar="SHAPE",
        help=f"of the Gaussians: {', '.join(COVARIANCES)} (default: full)")
    add("--min-variance", type=kinds.number, metavar="V", help="a floor under the variances of the Gaussians")
    add("--flips", type=kinds.whole(1), metavar="N", help="coins: the flips in each set")
    add("--temperature", type=kinds.number, metavar="T", help="1: EM, 0: hard assignment (default: the model's own)")
    add("--start", type=kinds.one_of(STARTS), default="k-means++", metavar="HOW",
        help=f"{', '.join(STARTS)} (default: %(default)s)")
    add("--seed", type=kinds.whole(0), default=0, metavar="N", help="of the start (default: %(default)s)")
    add("--max-iterations", type=kinds.whole(0), default=100, metavar="N", help="default: %(default)s")
    add("--tolerance", type=kinds.number, metavar="NATS", help="stop where an iteration gains no more (default: 1e-4)")

    picture = parser.add_argument_group("the picture")
    add = picture.add_argument
    add("-o", "--output", type=Path, metavar="FILE",
        help=f"default: the name of the data{' and -frames' if command == 'frames' else ''}, in this folder")
    add("--view", metavar="NAME", help="what is drawn, such as table, curve or \"free energy\" (default: what suits)")
    add("--steps", type=kinds.Steps.parse, metavar="LIST",
        help="0,1,2,4 or 0-8 or 0-40:4 (every 4th) or 0-last or last (default: "
             f"{'a few that tell the story' if command == 'strip' else 'all'}); 0 is the start, 1 the first E, "
             "2 the first M")
    add("--size", type=kinds.size, metavar="WxH",
        help=f"{'of a cell, ' if command == 'strip' else ''}in pixels, such as 800x450")
    add("--dpi", type=kinds.number, metavar="N", help="dots per inch; without --size, 200 gives twice the pixels")
    add("--title", metavar="TEXT", help="above the picture")
    captions = picture.add_mutually_exclusive_group()
    captions.add_argument("--caption", metavar="TEXT", help="below the picture, in every step")
    captions.add_argument("--no-caption", dest="caption", action="store_false", default=None,
                          help="do not tell what happens in each step")
    looks: dict[str, dict[str, Any]] = {
        "--tween": {"type": kinds.whole(0), "metavar": "N", "help": "in-between frames on the way to each step"},
        "--seconds-per-step": {"type": kinds.number, "metavar": "S", "help": "how long each step stays"},
        "--hold": {"type": kinds.number, "metavar": "S", "help": "how many seconds the first and the last step stay"},
        "--once": {"dest": "loop", "action": "store_false", "default": None, "help": "do not play in a loop"},
    }
    if command == "html":
        looks["--tween"]["help"] = "0: jump from step to step, and do not glide"
    for option, look in looks.items():
        if command in _ONLY[option]:
            add(option, **look)


def _about_unknown(word: str, arguments: argparse.Namespace) -> str:
    """What to say of a word that the command does not know."""
    option, command = word.partition("=")[0], arguments.command
    if not word.startswith("-"):
        return f"{word} is one word too many: put a text with spaces between quotes"
    if option in _ONLY:
        return f"{option} belongs to {' and '.join(_ONLY[option])}, not to {command}"
    near = get_close_matches(option, arguments.parser._option_string_actions, n=1)
    return f"{option} is unknown{f': did you mean {near[0]}?' if near else ''}"
