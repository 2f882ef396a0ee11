"""Notebook 02: its solutions pass their checks, wrong answers get a helpful sentence, and what it says is true."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lesson import Lesson
from scipy.optimize import minimize, minimize_scalar
from scipy.special import logsumexp
from scipy.stats import bernoulli, binom

import emviz
from emviz.lessons.pictures import likelihood_so_far

LESSON = Lesson("coin_flips")


# ------------------------------------------------------------------ answers as learners write them


def joint(heads, flips, p, weights):
    return weights * p ** heads[:, None] * (1 - p) ** (flips - heads)[:, None]


def shared(table, axis=1):
    return table / table.sum(axis=axis, keepdims=True)


def plain(heads, flips, p, weights):
    return shared(joint(heads, flips, p, weights))


def with_scipy(heads, flips, p, weights):
    """Right, with the binomial coefficient, which cancels."""
    logs = np.log(weights) + binom.logpmf(heads[:, None], flips[:, None], p)
    return np.exp(logs - logsumexp(logs, axis=1, keepdims=True))


def loop(heads, flips, p, weights):
    """Right, in pure Python, with a shift by the largest logarithm."""
    rows = []
    for h, n in zip(heads, flips):
        logs = [math.log(w) + h * math.log(q) + (n - h) * math.log(1 - q) for q, w in zip(p, weights)]
        rows.append([math.exp(a - max(logs)) / sum(math.exp(b - max(logs)) for b in logs) for a in logs])
    return rows


def hard(gamma):
    return np.eye(gamma.shape[1])[gamma.argmax(axis=1)]


def m_step(heads, flips, gamma):
    return (gamma * heads[:, None]).sum(axis=0) / (gamma * flips[:, None]).sum(axis=0)


def my_em(heads, flips, p, weights, iterations, e=plain, labels=lambda gamma: gamma, free=True):
    for _ in range(iterations):
        gamma = labels(e(heads, flips, p, weights))
        p = m_step(heads, flips, gamma)
        weights = gamma.mean(axis=0) if free else weights
    return p, weights


def returns_too_early(heads, flips, p, weights, iterations):
    for _ in range(iterations):
        gamma = plain(heads, flips, p, weights)
        p, weights = m_step(heads, flips, gamma), gamma.mean(axis=0)
        return p, weights


def never_passes_on(heads, flips, p, weights, iterations):
    for _ in range(iterations):
        gamma = plain(heads, flips, p, weights)
        new_p, new_weights = m_step(heads, flips, gamma), gamma.mean(axis=0)
    return new_p, new_weights


def unweighted(heads, flips, p, weights):
    return plain(heads, flips, p, 1)


def shifted(heads, flips, p, weights, **largest):
    """With logarithms, less the largest of the table, of each row or of each column."""
    logs = np.log(weights) + heads[:, None] * np.log(p) + (flips - heads)[:, None] * np.log(1 - p)
    return shared(np.exp(logs - logs.max(**largest)))


RIGHT = [
    ("log_likelihood", lambda h, t, p: sum([math.log(p)] * h + [math.log(1 - p)] * t)),
    ("log_likelihood", lambda h, t, p: np.array([h * np.log(p) + t * np.log1p(-p)])),
    ("log_likelihood", lambda h, t, p: bernoulli.logpmf([1] * h + [0] * t, p).sum()),
    ("responsibilities", with_scipy),
    ("responsibilities", loop),
    ("responsibilities", lambda h, n, p, w: shifted(h, n, p, w, axis=1, keepdims=True)),
    ("new_chances", m_step),
    ("new_chances", lambda h, n, g: [np.dot(column, h) / np.dot(column, n) for column in g.T]),
    ("new_chances", lambda h, n, g: np.array([np.average(h / n, weights=column * n) for column in g.T])[:, None]),
    ("em", my_em),
    ("em", lambda h, n, p, w, i: np.array(my_em(h, n, p, w, i, e=with_scipy))),
    ("same_fit", [0.7, 0.5]),
    ("same_fit", (0.2, 1.0)),
    ("same_fit", [0.65, 0.55]),  # close to an end, and another place
    ("same_fit", [0.96, 0.24]),
    ("same_fit", np.array([[0.45], [0.75]])),
]
WRONG: list[tuple[str, Any, str]] = [
    ("log_likelihood", lambda h, t, p: p**h * (1 - p) ** t, "this is the likelihood itself"),
    ("log_likelihood", lambda h, t, p: np.log(p**h * (1 - p) ** t), "the logarithm comes too late"),
    ("log_likelihood", lambda h, t, p: math.log(p**h * (1 - p) ** t), "the logarithm comes too late"),
    ("log_likelihood", lambda h, t, p: np.log(np.prod([p] * h + [1 - p] * t)), "the logarithm comes too late"),
    ("log_likelihood", lambda h, t, p: h * np.log(p), "the tails are missing"),
    ("log_likelihood", lambda h, t, p: t * np.log(1 - p), "the heads are missing"),
    ("log_likelihood", lambda h, t, p: (h + t) * np.log(p), "Tails have the factor 1 − p"),
    ("log_likelihood", lambda h, t, p: t * np.log(p) + h * np.log(1 - p), "heads and tails are exchanged"),
    ("log_likelihood", lambda h, t, p: h * np.log10(p) + t * np.log10(1 - p), "to base 10"),
    ("log_likelihood", lambda h, t, p: h * math.log2(p) + t * math.log2(1 - p), "to base 2"),
    ("log_likelihood", lambda h, t, p: -h * np.log(p) - t * np.log(1 - p), "the sign is turned around"),
    ("log_likelihood", lambda h, t, p: (h * np.log(p) + t * np.log(1 - p)) / (h + t), "the sum, not the average"),
    ("log_likelihood", lambda h, t, p: h * np.log(p) * t * np.log(1 - p), "The logarithm of a product is a sum"),
    ("log_likelihood", lambda h, t, p: binom.logpmf(h, h + t, p), "leave the binomial coefficient out"),
    ("log_likelihood", lambda h, t, p: h * np.log(p) + t * np.log(p - 1), "for 3 heads, 7 tails and p = 0.3"),
    ("log_likelihood", lambda h, t: h + t, "your function stops with TypeError"),
    ("responsibilities", lambda h, n, p, w: shared(w * p ** h[:, None]), "the tails are missing"),
    ("responsibilities", lambda h, n, p, w: shared(joint(h, n, p, w), axis=0), "sum over the coins, axis=1"),
    ("responsibilities", joint, "Divide each row by its sum"),
    ("responsibilities", lambda h, n, p, w: hard(joint(h, n, p, w)), "these are hard labels"),
    ("responsibilities", lambda h, n, p, w: (plain(h, n, p, w) > 0.5).astype(int), "these are hard labels"),
    ("responsibilities", lambda h, n, p, w: plain(h, n, p, 1), "the weights are missing"),
    ("responsibilities", lambda h, n, p, w: shared(w * p ** h[:, None] * (1 - p) ** n[:, None]), "flips − heads"),
    ("responsibilities", lambda h, n, p, w: np.tile(w * p / (w * p).sum(), (len(h), 1)), "must come in as powers"),
    ("responsibilities", lambda h, n, p, w: shared(w * (h[:, None] * p + (n - h)[:, None] * (1 - p))), "take powers"),
    ("responsibilities", plain, "subtract the largest of each row"),
    ("responsibilities", shifted, "The largest of the whole table is far above the row"),
    ("responsibilities", lambda h, n, p, w: shifted(h, n, p, w, axis=0), "you subtract the largest of each column"),
    ("responsibilities", lambda h, n, p, w: joint(h, n, p, w) / joint(h, n, p, w).sum(axis=1), "keepdims=True"),
    ("responsibilities", lambda h, n, p, w: w * p**h * (1 - p) ** (n - h), "p ** heads[:, None]"),
    ("responsibilities", lambda h, n, p, w: h * np.log(p) + (n - h) * np.log(1 - p), "heads[:, None] * np.log(p)"),
    ("responsibilities", lambda h, n, p, w: plain(h, n, p, w)[:, 0], "one row for each set, one column for each coin"),
    ("responsibilities", lambda h, n, p, w: np.array(loop(h, n, p, w)).T, "rows and columns exchanged"),
    ("new_chances", lambda h, n, g: (g * (h / n)[:, None]).mean(axis=0), "you divide by the number of sets"),
    ("new_chances", lambda h, n, g: (g * h[:, None]).sum(0) / n.sum(), "by the flips of all of them"),
    ("new_chances", lambda h, n, g: (g * h[:, None]).sum(0) / g.sum(0), "That gives heads a set"),
    ("new_chances", lambda h, n, g: (g * h[:, None]).sum(0), "these are the expected heads"),
    ("new_chances", lambda h, n, g: (g * h[:, None]).sum(0) / (g * (n - h)[:, None]).sum(0), "you divide heads by "
     "tails"),
    ("new_chances", lambda h, n, g: 1 - m_step(h, n, g), "these are the chances of tails"),
    ("new_chances", lambda h, n, g: m_step(h, n, hard(g)), "the hard M-step"),
    ("new_chances", lambda h, n, g: (g * (h / n)[:, None]).sum(0) / g.sum(0), "a short set counts as much as a long "
     "one"),
    ("new_chances", lambda h, n, g: (g * h[:, None]).sum(0) / (g.sum(0) * 10), "for four sets of different lengths"),
    ("new_chances", lambda h, n, g: [h.sum() / n.sum()] * g.shape[1], "Let each set count by γ"),
    ("new_chances", lambda h, n, g: h.sum() / (g * n[:, None]).sum(0), "multiplied by their γ"),
    ("new_chances", lambda h, n, g: (g * h[:, None]).sum(0) / g.sum(1), "to n numbers, one for each set"),
    ("new_chances", lambda h, n, g: g.sum(axis=0) * h, "Let γ count the heads and the flips"),
    ("new_chances", lambda h, n, g: g.sum(axis=0) * h / (len(h) * n), "Let γ count the heads and the flips"),
    ("new_chances", lambda h, n, g: (h * g).sum(axis=0) / (n * g).sum(axis=0), "heads[:, None] * gamma"),
    ("new_chances", lambda h, n, g: (g * h).sum(0) / (g * n).sum(0), "gamma * heads[:, None]"),
    ("new_chances", lambda h, n, g: h.sum() / n.sum(), "one number for each coin"),
    ("em", lambda h, n, p, w, i: my_em(h, n, p, w, i, free=False), "the weights never change"),
    ("em", lambda h, n, p, w, i: my_em(h, n, p, w, i)[::-1], "the pair is exchanged"),
    ("em", lambda h, n, p, w, i: my_em(h, n, p, w, i, labels=hard), "you give each set to one coin"),
    ("em", lambda h, n, p, w, i: my_em(h, n, p, w, i, e=unweighted), "the weights are missing in your E"),
    ("em", lambda h, n, p, w, i: (p, w), "return what you began with"),
    ("em", returns_too_early, "return comes after the loop"),
    ("em", never_passes_on, "each E sees the first guess again"),
    ("em", lambda h, n, p, w, i: my_em(h, n, p, w, i - 1), "one iteration less"),
    ("em", lambda h, n, p, w, i: my_em(h, n, p, w, i + 1), "one iteration more"),
    ("em", lambda h, n, p, w, i: (my_em(h, n, p, w, i)[0], len(h) * my_em(h, n, p, w, i)[1]), "do not add up to 1"),
    ("em", lambda h, n, p, w, i: my_em(h, n, p, w, i)[0], "the pair (p, weights)"),
    ("em", lambda h, n, p, w, i: None, "returns nothing yet"),
    ("same_fit", [0.9, 0.1], "the average of your chances is 0.5"),
    ("same_fit", [0.8, 0.75], "below -6.7301"),
    ("same_fit", [0.6, 0.6], "one coin twice"),
    ("same_fit", [0.552, 0.648], "one of the two ends above"),
    ("same_fit", [0.962, 0.238], "one of the two ends above"),
    ("same_fit", [0.6, 0.2], "the average of your chances is 0.4"),  # the coins of the last table
    ("same_fit", [1.1, 0.1], "a chance lies between 0 and 1"),
    ("same_fit", [0, 0], "below -6.7301"),
    ("same_fit", [0.6], "give two numbers"),
    ("same_fit", [0.7, float("nan")], "give two numbers"),
    ("same_fit", "0.7 and 0.5", "give two numbers"),
]


# ------------------------------------------------------------------ one coin

FLIPS = "HTTHTTTTHT"
THIRTY = FLIPS + "TTHTTTTTTHTTTTTTHTHH"


def test_one_coin_is_best_explained_by_its_share_of_heads() -> None:
    best = minimize_scalar(lambda p: -(p**3 * (1 - p) ** 7), bounds=(0, 1), method="bounded", options={"xatol": 1e-9})
    assert best.x == pytest.approx(0.3, abs=1e-6)
    assert -best.fun == pytest.approx(0.00222, abs=5e-6) and 0.5**10 == pytest.approx(0.000977, abs=5e-7)
    assert -best.fun / 0.5**10 == pytest.approx(2.3, abs=0.03)
    assert LESSON.says("at $p = 0.30$, with 0.00222") and LESSON.says("0.000977 likely, so 0.30 is better by a "
                       "factor of 2.3")
    assert LESSON.printed("3 heads, 7 tails") and FLIPS.count("H") == 3


def test_a_sequence_with_heads_and_tails_is_unlikely_under_every_p() -> None:
    """At the top, with h heads of ten, it is (h/10)^h (1 − h/10)^(10 − h)."""
    tops = [(h / 10) ** h * (1 - h / 10) ** (10 - h) for h in range(11)]
    assert tops[0] == tops[10] == 1 and max(tops[1:10]) == pytest.approx(0.04, abs=0.005)


def test_the_product_underflows_and_the_sum_does_not() -> None:
    is_heads = np.random.default_rng(0).random(3000) < 0.3
    heads = int(is_heads.sum())
    assert LESSON.printed(f"heads: {heads}") and LESSON.printed("product of 3000: 0.0")
    assert LESSON.printed(f"sum of the logarithms: {heads * math.log(0.3) + (3000 - heads) * math.log(0.7):.2f}")
    for p in np.linspace(0, 1, 11):  # "for this p and for every other one"
        assert np.prod(np.where(is_heads, p, 1 - p)) == 0
    assert 5e-324 > 0 == 5e-324 / 2 and 0.7**3000 == 0


def test_the_band_of_thirty_flips() -> None:
    assert f'"{THIRTY[:10]}" "{THIRTY[10:20]}" "{THIRTY[20:]}"' in "".join(c.source for c in LESSON.notebook.cells)
    scene = likelihood_so_far(THIRTY)
    assert "from 0.15 to 0.48" in scene.caption(10) and "from 0.18 to 0.37" in scene.caption(30)
    assert LESSON.says("The band is 0.33 wide after 10 flips, from 0.15 to 0.48, and 0.19 after 30")
    p = np.linspace(0, 1, 100_001)
    for step, width in [(10, 0.33), (30, 0.19)]:
        heads = THIRTY[:step].count("H")
        high = p[binom.pmf(heads, step, p) >= binom.pmf(heads, step, p).max() / 2]
        assert np.ptp(high) == pytest.approx(width, abs=0.005)


def test_the_binomial_coefficient_moves_no_top() -> None:
    p = np.linspace(0.01, 0.99, 99)
    ordered = 3 * np.log(p) + 7 * np.log(1 - p)
    assert binom.logpmf(3, 10, p) - ordered == pytest.approx(math.log(120))
    assert math.comb(10, 3) == 120 and math.log(120) == pytest.approx(4.79, abs=0.005)
    data = emviz.datasets.coin_flips()
    one = emviz.BinomialMixture(1, 10), emviz.BinomialParams([1.0], [0.3])
    assert emviz.log_likelihood(*one, data.data[:1]) == pytest.approx(binom.logpmf(5, 10, 0.3))  # emviz includes it


# ------------------------------------------------------------------ two coins

GOLDEN = json.loads((Path(__file__).parents[1] / "golden.json").read_text(encoding="utf-8"))["coins_do_batzoglou_2008"]
DATA = emviz.datasets.coin_flips()
HEADS = DATA.data
MODEL = emviz.BinomialMixture(2, 10, fixed=("weights",))
FREE = emviz.BinomialMixture(2, 10)
HARD = emviz.BinomialMixture(2, 10, fixed=("weights",), temperature=0)


def coins(*chances: float) -> emviz.BinomialParams:
    return emviz.BinomialParams([0.5, 0.5], chances)


def run(model: Any = MODEL, data: Any = DATA, start: tuple[float, float] = (0.6, 0.5), **options: Any) -> emviz.Trace:
    return emviz.run(model, data, coins(*start), **options)


def test_known_labels_are_counted() -> None:
    for k, (sets, heads, flips, share) in enumerate([(3, 24, 30, "0.80"), (2, 9, 20, "0.45")]):
        own = DATA.labels == k
        assert (own.sum(), HEADS[own].sum(), 10 * own.sum()) == (sets, heads, flips)
        assert LESSON.printed(f"coin {k}: {sets} sets, {heads} heads of {flips} flips, share {share}")


def test_the_first_e_is_that_of_the_paper() -> None:
    """Do & Batzoglou (2008), figure 1b: .45 .80 .73 .35 .65, from 0.6 and 0.5."""
    gamma = run().responsibilities(1)[:, 0]
    first = GOLDEN["first_e_step"]
    assert gamma == pytest.approx(first["resp_A"], abs=1e-12)
    by_hand = binom.pmf(HEADS, 10, 0.6) / (binom.pmf(HEADS, 10, 0.6) + binom.pmf(HEADS, 10, 0.5))
    assert gamma == pytest.approx(by_hand, abs=1e-12)
    rows = zip(range(5), HEADS, gamma, first["heads_A"], first["tails_A"])
    for i, x, share, heads, tails in rows:
        assert LESSON.printed(f"{i} {x} {share:.3f} {heads:.2f} {tails:.2f}")
    assert gamma.round(2) == pytest.approx([0.45, 0.80, 0.73, 0.35, 0.65], abs=0.0051)
    assert LESSON.says(".45, .80, .73, .35 and .65") and LESSON.printed("share of coin 0: 0.805")
    totals = [sum(first["heads_A"]), sum(first["tails_A"]), 33 - sum(first["heads_A"]), 17 - sum(first["tails_A"])]
    assert totals == pytest.approx([21.3, 8.6, 11.7, 8.4], abs=0.05)
    assert LESSON.says("21.3 heads and 8.6 tails") and LESSON.says("$11.7 / (11.7 + 8.4) = 0.58$")


def test_the_run_is_that_of_the_paper() -> None:
    trace = run()
    chances = [step.params.probabilities for step in trace if step.kind != "E"]
    levels = [step.log_likelihood for step in trace if step.kind != "E"]
    assert np.array(chances) == pytest.approx(np.array(GOLDEN["trace"][:len(chances)]), abs=1e-9)
    assert levels == pytest.approx(GOLDEN["loglik_with_binomial_coeff_and_half"][:len(levels)], abs=1e-9)
    for iteration, ((p_0, p_1), level) in enumerate(zip(chances, levels)):
        assert LESSON.printed(f"{iteration} {p_0:.3f} {p_1:.3f} {level:.4f}")
    assert chances[1] == pytest.approx([0.71, 0.58], abs=0.005)
    assert GOLDEN["trace"][10] == pytest.approx([0.80, 0.52], abs=0.005)
    last = trace.responsibilities(-1)[:, 0]
    assert np.abs(last - 0.5).argmin() == 4 and last[4] == pytest.approx(0.60, abs=0.005)
    assert LESSON.says("with 7 heads is the most doubtful: coin 0 answers for 60% of it")


@pytest.mark.parametrize(("start", "end", "level"), [
    ((0.6, 0.5), (0.797, 0.520), -9.7969), ((0.9, 0.1), (0.797, 0.520), -9.7969),
    ((0.5, 0.6), (0.520, 0.797), -9.7969), ((0.5, 0.501), (0.520, 0.797), -9.7969)])
def test_different_starts_end_at_one_of_two_names(start, end, level) -> None:
    trace = run(start=start, max_iterations=1000, tolerance=1e-9)
    assert trace.final.probabilities == pytest.approx(end, abs=0.0006)
    assert sorted(trace.final.probabilities) == pytest.approx(sorted(GOLDEN["converged"]), abs=1e-4)
    assert trace.log_likelihoods[-1] == pytest.approx(level, abs=5e-5)
    assert LESSON.printed(f"{start[0]:.2f} {start[1]} {end[0]:.3f} {end[1]:.3f} {level}")


@pytest.mark.parametrize("chance", [0.5, 0.3])
def test_equal_starts_end_on_a_saddle(chance: float) -> None:
    with pytest.warns(UserWarning, match="identical"):
        trace = run(start=(chance, chance), max_iterations=1000, tolerance=1e-9)
    assert all(step.params.probabilities == pytest.approx([0.66, 0.66]) for step in trace[2:])
    assert HEADS.sum() / 50 == 0.66
    assert LESSON.printed(f"{chance:.2f} {chance} 0.660 0.660 -10.2785")
    assert run().log_likelihoods[-1] - trace.log_likelihoods[-1] == pytest.approx(0.48, abs=0.005)


def surface(p_0: float, p_1: float, w: float = 0.5) -> float:
    return float(np.log(w * binom.pmf(HEADS, 10, p_0) + (1 - w) * binom.pmf(HEADS, 10, p_1)).sum())


def test_the_saddle_is_highest_along_the_diagonal_and_lowest_across() -> None:
    middle, d = surface(0.66, 0.66), 0.01
    assert max(surface(0.66 + d, 0.66 + d), surface(0.66 - d, 0.66 - d)) < middle
    assert min(surface(0.66 + d, 0.66 - d), surface(0.66 - d, 0.66 + d)) > middle
    p = np.linspace(0.01, 0.99, 99)
    assert p[np.argmax([surface(x, x) for x in p])] == pytest.approx(0.66)


def test_only_the_diagonal_misses_the_tops() -> None:
    basins = emviz.basins(MODEL, DATA, coins(0.6, 0.5), grid=15)
    assert [round(optimum.objective, 2) for optimum in basins.optima] == [-9.80, -10.28]
    np.testing.assert_array_equal(basins.reached == 1, np.eye(15, dtype=bool))
    assert run(start=(0.52, 0.5))[-1].iteration == 13 and run()[-1].iteration == 9
    flat = run(start=(0.501, 0.5))
    assert flat.converged and flat[-1].iteration == 2 and flat.log_likelihoods[-1] == pytest.approx(-10.28, abs=0.005)
    assert LESSON.says("13 iterations instead of 9") and LESSON.says("gives up after 2 iterations")


# ------------------------------------------------------------------ hard and soft, fixed and free


def test_hard_em_gives_whole_sets() -> None:
    trace = run(HARD)
    assert trace.final.probabilities == pytest.approx([0.80, 0.45]) and trace[-1].iteration == 2
    np.testing.assert_array_equal(trace.labels(1), DATA.labels)  # "gets every label right", at once
    assert trace.labels(1)[[0, 4]].tolist() == [1, 0]
    assert trace[-1].log_likelihood == pytest.approx(
        binom.logpmf(HEADS, 10, np.array([0.80, 0.45])[DATA.labels]).sum() + 5 * math.log(0.5))  # the best bound
    soft = run().responsibilities(1)
    assert soft[[0, 4]] == pytest.approx(np.array([[0.45, 0.55], [0.65, 0.35]]), abs=0.005)
    assert LESSON.says("45% to 55% and 65% to 35%")


def test_a_thousand_sets_show_that_hard_em_drives_coins_apart() -> None:
    many = emviz.datasets.coin_sample((0.65, 0.45), n_sets=1000, n_trials=10, seed=0)
    for name, model in [("hard EM", HARD), ("soft EM", MODEL)]:
        trace = run(model, many, max_iterations=1000, tolerance=1e-9)
        p_0, p_1 = trace.final.probabilities
        right = emviz.accuracy(many.labels, trace.labels(-1))
        assert LESSON.printed(f"{name} {p_0:.3f} {p_1:.3f} labels right: {right:.0%}")
        assert many.data[trace.labels(-1) == 0].min() > many.data[trace.labels(-1) == 1].max()  # a border
        apart = max(abs(p_0 - 0.65), abs(p_1 - 0.45))
        assert apart > 0.05 if name == "hard EM" else apart < 0.03
    assert LESSON.says("to 0.70 and 0.38")


@pytest.mark.parametrize("seed", range(5))
def test_more_sets_do_not_mend_hard_em(seed: int) -> None:
    many = emviz.datasets.coin_sample((0.65, 0.45), n_sets=20_000, n_trials=10, seed=seed)
    hard_end, soft_end = (run(model, many, max_iterations=1000, tolerance=1e-6).final.probabilities
                          for model in (HARD, MODEL))
    assert hard_end[0] > 0.69 and hard_end[1] < 0.40
    assert soft_end == pytest.approx([0.65, 0.45], abs=0.015)


def test_the_dial_melts_two_coins_into_one() -> None:
    dial = emviz.melt(MODEL, DATA, coins(0.6, 0.5)).dial
    assert dial.labels[0] == "0 (hard EM)" and "1 (EM)" in dial.labels
    assert dial[0].trace.final.probabilities == pytest.approx([0.80, 0.45])
    assert dial[-1].trace.final.probabilities == pytest.approx([0.66, 0.66], abs=1e-3)


def test_free_weights_reach_a_little_higher() -> None:
    """Against SciPy, which climbs the log-likelihood in its own way."""
    found = minimize(lambda t: -surface(*t), [0.8, 0.5, 0.5], bounds=[(0.01, 0.99)] * 3, tol=1e-14)
    free, fixed = (run(model, max_iterations=1000, tolerance=1e-12) for model in (FREE, MODEL))
    assert [*free.final.probabilities, free.final.weights[0]] == pytest.approx(found.x, abs=1e-3)
    assert free.log_likelihoods[-1] == pytest.approx(-found.fun, abs=1e-8)
    assert free.log_likelihoods[-1] > fixed.log_likelihoods[-1]
    for name, trace in [("fixed", fixed), ("free", free)]:
        (p_0, p_1), (w_0, w_1) = trace.final.probabilities, trace.final.weights
        assert LESSON.printed(f"{name} {p_0:.3f} {p_1:.3f} {w_0:.3f} {w_1:.3f} {trace.log_likelihoods[-1]:.4f}")
    assert LESSON.says("0.797 and 0.520 become 0.793 and 0.514")
    p, weights = my_em(HEADS, np.full(5, 10), np.array([0.6, 0.5]), np.array([0.5, 0.5]), 10)
    assert p == pytest.approx([0.79, 0.51], abs=0.005) and abs(weights[0] - 0.5) > 0.02


# ------------------------------------------------------------------ what no algorithm can tell


@pytest.mark.parametrize(("start", "end"), [((0.6, 0.5), (0.648, 0.552)), ((0.9, 0.1), (0.962, 0.238))])
def test_single_flips_end_on_a_ridge(start, end) -> None:
    trace = run(emviz.BinomialMixture(2, 1, fixed=("weights",)), [1] * 6 + [0] * 4, start, tolerance=1e-7)
    assert trace.final.probabilities == pytest.approx(end, abs=0.0006)
    assert trace.final.probabilities.mean() == pytest.approx(0.6, abs=1e-4)
    best = 6 * math.log(0.6) + 4 * math.log(0.4)
    assert trace.log_likelihoods[-1] == pytest.approx(best, abs=1e-6)
    assert LESSON.printed(f"end {end[0]:.3f} {end[1]:.3f}, average 0.600, log-likelihood {best:.4f}")


def test_every_start_goes_to_the_ridge() -> None:
    with pytest.warns(UserWarning, match="identical"):
        end = run(emviz.BinomialMixture(2, 1, fixed=("weights",)), [1] * 6 + [0] * 4, (0.2, 0.2)).final.probabilities
    assert end == pytest.approx([0.6, 0.6]) and LESSON.says("A start at (0.2, 0.2) goes to (0.6, 0.6)")


EXACT = {1: [6, 4], 2: [4, 4, 2], 3: [36, 42, 33, 14]}


@pytest.mark.parametrize("flips", EXACT)
def test_three_flips_tell_two_coins_apart_and_fewer_do_not(flips: int) -> None:
    sets = np.array(EXACT[flips])
    counts = np.arange(flips + 1)
    shares = (binom.pmf(counts, flips, 0.6) + binom.pmf(counts, flips, 0.2)) / 2
    assert sets / sets.sum() == pytest.approx(shares, abs=1e-12)  # they match two coins exactly
    ends = [run(emviz.BinomialMixture(2, flips), np.repeat(counts, sets), start, max_iterations=2000, tolerance=1e-12)
            for start in ((0.5, 0.4), (0.9, 0.1))]
    for trace in ends:
        weights, chances = trace.final.weights, trace.final.probabilities
        (p_0, p_1), level = chances, trace.log_likelihoods[-1]
        assert LESSON.printed(f"{p_0:.3f} {p_1:.3f} {weights[0]:.3f} {level:.4f}")
        assert weights @ binom.pmf(counts, flips, chances[:, None]) == pytest.approx(shares, abs=1e-4)
    apart = np.abs(ends[0].final.probabilities - ends[1].final.probabilities).max()
    assert apart > 0.03 if flips < 3 else apart < 1e-3
    if flips == 3:  # Prony's method: three moments have one answer only
        m = [1.0, *(float(sets @ [math.comb(x, r) / math.comb(3, r) for x in counts]) / sets.sum() for r in (1, 2, 3))]
        b, c = np.linalg.solve([[m[1], m[0]], [m[2], m[1]]], [-m[2], -m[3]])
        assert np.sort(np.roots([1, b, c])) == pytest.approx([0.2, 0.6])
        assert ends[0].final.probabilities == pytest.approx([0.6, 0.2], abs=1e-3)
