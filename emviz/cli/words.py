"""What a command says that goes wrong; sentences of the library in the words of the shell."""

import re


class WrongUsage(Exception):
    """One line that says which option or word is wrong."""


class Failure(Exception):
    """One line that says what went wrong, although the command was right."""


# Names of the library that are options, or values of options, here.
_OPTIONS = {
    "n_components": "-k", "n_clusters": "-k", "covariance_type": "--covariance", "n_trials": "--flips",
    "min_variance": "--min-variance", "max_iterations": "--max-iterations", "KMeans": "kmeans",
    "GaussianMixture": "gaussian", "BinomialMixture": "coins", "PoissonMixture": "poisson",
}
# The first word of a sentence, where it is an argument of what saves or shows a run.
_FIRST = {
    "path": "-o", "folder": "-o", "seconds_per_step": "--seconds-per-step", "size": "--size", "dpi": "--dpi",
    "hold": "--hold", "tween": "--tween", "title": "--title", "caption": "--caption",
}
_FIRST_WORD = re.compile(rf"^({'|'.join(_FIRST)})(?= is )")
_EQUALS = re.compile(rf"\b({'|'.join(_OPTIONS)})=['\"]?([\w.+-]+?)['\"]?(?=[\s,:;)]|$)")
_NAMES = re.compile(rf"(?<![\w'-])({'|'.join(_OPTIONS)})\b")
_VIEW = re.compile(r"^view is '([^']*)', which does not fit this trace:")
_TILES = re.compile(r"^shape is missing: .*")
_ROWS = re.compile(r"(^|but )(points|heads|counts)(?=,|:| has | is )")


def in_shell_words(sentence: str, data: str = "") -> str:
    """The sentence with options for arguments, and the name of the data for what the library calls points."""
    sentence = _ROWS.sub(lambda found: found[1] + (data or found[2]), sentence)
    sentence = _VIEW.sub(r"--view is \1, which does not fit this run:", sentence)
    sentence = _TILES.sub("--view is tiles, which needs rows that are pictures, such as those of digits_2_6", sentence)
    sentence = _FIRST_WORD.sub(lambda found: _FIRST[found[1]], sentence)
    sentence = _EQUALS.sub(lambda found: f"{_OPTIONS[found[1]]}{' ' if found.start() else ' is '}{found[2]}", sentence)
    sentence = sentence.replace("choose columns of numbers,", "choose columns of numbers with --columns,")
    return _NAMES.sub(lambda found: _OPTIONS[found[1]], sentence)
