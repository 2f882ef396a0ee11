"""The command line: emviz lab, emviz gif, emviz html and others."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from emviz.cli.parser import Parser, make_parser, parse
from emviz.cli.words import Failure, WrongUsage
from emviz.handout import copy_notebooks, notebooks_source, told, without_solutions
from emviz.lab import lab, place

__all__ = ["main", "make_parser"]

FAILED, INTERRUPTED, CLOSED_PIPE = 1, 130, 141  # the last two are what a shell reports of such an end

# Everything else is imported where it is used, so that `emviz --help` answers at once.


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 1 after printing why it failed; wrong usage exits with 2."""
    try:
        arguments, for_jupyter = parse(sys.argv[1:] if argv is None else argv)
        said = _run(arguments, for_jupyter)
        if said:
            encoding = sys.stdout.encoding or "utf-8"
            print(said.encode(encoding, "replace").decode(encoding), flush=True)  # not every terminal has all letters
        return 0
    except Failure as failure:
        print(f"emviz: {failure}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("emviz: stopped", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # as in `emviz datasets | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains at its end
        return CLOSED_PIPE


def _run(arguments: argparse.Namespace, for_jupyter: Sequence[str]) -> str:
    """Do what a command says; returns what to tell."""
    parser: Parser = arguments.parser
    try:
        match arguments.command:
            case "lab":
                lab(*_place(arguments.words), for_jupyter)
                return ""
            case "notebooks":
                change = without_solutions if arguments.without_solutions else bytes
                return told(arguments.folder, *copy_notebooks(notebooks_source(), arguments.folder, change))
            case "datasets":
                from emviz.cli.data import listed

                return listed()
            case _:
                from emviz.cli.picture import write

                return write(arguments)
    except WrongUsage as error:
        parser.error(str(error))
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or error) from error
    except (ValueError, RuntimeError, MemoryError) as error:
        raise Failure(" ".join(str(error).split()) or type(error).__name__) from error


def _place(words: Sequence[str]) -> tuple[Path, str | None]:
    try:
        return place(words)
    except ValueError as error:
        raise WrongUsage(error) from error
