"""Synthetic controls with every site as a placebo, beside bare solvers and pysyncon.

    python -m tests.benchmarks.pilots_bench [--sites 2000] [--repeats 5]

Each is a process of its own, so that its memory is its own. The panels are generated, that of
pysyncon's turn in the shape of California's Proposition 99 (39 states, 31 years), or the real one
where HADI_REFERENCE_DIR says. Nothing is asserted: the machine may be busy. What is wanted: all
placebos of 200 sites and 104 weeks within 0.3 s; of 2,000 sites and 156 weeks within a minute and
2,048 MB.
"""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks.check_bench import measure, show, show_analysis
from tests.benchmarks.check_contestants import Contestant

_HEAD = """import csv, os, sys, time
from pathlib import Path
import numpy as np
from hadi.stats.panel import Panel, Scale
from tests.factories.panels import long_panel, retail
import scipy.optimize


def prop99():
    root = os.environ.get("HADI_REFERENCE_DIR", "")
    file = Path(root) / "data" / "prop99" / "synthdid_california_prop99.csv"
    if not root or not file.is_file():
        return retail(np.random.default_rng(1), 39, 1, before=19, after=12)
    with file.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    cells = [(row["State"], row["Year"], float(row["PacksPerCapita"])) for row in rows]
    return long_panel(cells, "California", start="1989")


def generated(sites, periods):
    return retail(np.random.default_rng(1), sites, 1, before=periods - 8, after=8)

"""
_TOLD = "\nprint(time.perf_counter() - start)"

_OURS = f"""{_HEAD}
from hadi.stats.synthetic_placebo import synthetic_with_placebos
panel = {{panel}}
start = time.perf_counter()
_, found = synthetic_with_placebos(panel, scale=Scale.LINEAR, demeaned=False, alpha=0.05)
print(found.p_value, found.assignments){_TOLD}
"""
_DID = f"""{_HEAD}
from hadi.stats.pilot import placebo, store_test
panel = {{panel}}
start = time.perf_counter()
print(store_test(panel, scale=Scale.LOG, alpha=0.05).estimate)
print(placebo(panel, scale=Scale.LOG).p_value){_TOLD}
"""
_ONE = f"""{_HEAD}
from hadi.stats.synthetic import synthetic
panel = prop99()
start = time.perf_counter()
print(synthetic(panel, scale=Scale.LINEAR, demeaned=False).estimate){_TOLD}
"""
# What anyone would write: the same fits, one call of the solver each, nothing ranked.
_BARE = f"""{_HEAD}
panel = {{panel}}
start = time.perf_counter()
before = panel.pre.T
for site in range(before.shape[1]):
    others = np.delete(before, site, axis=1) - before[:, site, np.newaxis]
    unit = np.sqrt((others**2).sum(axis=0)).min()
    rows = np.vstack((others / unit, np.ones(others.shape[1])))
    wanted = np.zeros(len(rows))
    wanted[-1] = 1.0
    shares, _ = scipy.optimize.nnls(rows, wanted){_TOLD}
"""
_PEER = f"""{_HEAD}
import warnings
import pandas
from pysyncon import Dataprep, Synth
warnings.simplefilter("ignore")
panel = prop99()
states, years = list(panel.sites), range(len(panel.times))
table = pandas.DataFrame(
    [(s, t, panel.values[i, t]) for i, s in enumerate(states) for t in years],
    columns=["state", "year", "value"],
)
before = range(panel.first_post)
start = time.perf_counter()
prepared = Dataprep(
    foo=table, predictors=["value"], predictors_op="mean", time_predictors_prior=before,
    dependent="value", unit_variable="state", time_variable="year",
    treatment_identifier=states[panel.treated[0]],
    controls_identifier=[s for i, s in enumerate(states) if i not in panel.treated],
    time_optimize_ssr=before,
    special_predictors=[("value", [year], "mean") for year in before],
)
found = Synth()
found.fit(prepared, custom_V=np.ones(1 + panel.first_post))
print(found.att(range(panel.first_post, len(panel.times)))){_TOLD}
"""


def _script(name: str, code: str, repeats: int, needs: str | None = None) -> Contestant:
    return Contestant(name, [sys.executable, "-c", code], repeats, True, needs)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=2_000)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args(arguments)
    few = max(asked.repeats // 3, 1)
    print("Proposition 99 (39 states, 31 years): one fit, and all placebos")
    states = [
        _script("hadi, one fit", _ONE, asked.repeats),
        _script("hadi, all 39 as placebos", _OURS.format(panel="prop99()"), asked.repeats),
        _script("pysyncon, one fit", _PEER, few, "pysyncon"),
    ]
    found = measure(states, asked.repeats)
    show(found)
    show_analysis(found)
    for sites, periods, times in ((200, 104, asked.repeats), (asked.sites, 156, 1)):
        print(f"\nall placebos of {sites:,} sites and {periods} weeks")
        panel = f"generated({sites}, {periods})"
        found = measure(
            [
                _script("bare nnls, a call a site", _BARE.format(panel=panel), times),
                _script("hadi, synthetic control", _OURS.format(panel=panel), times),
                _script("hadi, difference in differences", _DID.format(panel=panel), times),
            ],
            times,
        )
        show(found)
        show_analysis(found)


if __name__ == "__main__":
    main()
