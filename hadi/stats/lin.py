"""Means adjusted by several earlier values at once: Lin's regression within each arm.

With more than one covariate, or arms of unequal size and spread, one common slope can lose
precision; slopes of each arm's own cannot (Lin 2013). It is a file of its own beside `adjustment`
because it solves small systems of equations, and because of the second pass over the rows that
its robust error asks for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hadi.stats import means
from hadi.stats.errors import NotEstimable
from hadi.stats.means import ArmValue
from hadi.stats.results import Comparison, Parameter
from hadi.stats.samples import CoMoments

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]

# What must be left of a covariate's squares after those before it have explained theirs.
_COLLINEAR = 1e-9
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Fit:
    """The regression of one arm, and what a second pass over its rows needs for HC2.

    With u = x - centre over the covariates `kept` (their numbers among all, from 0), the residual
    of a row is e = y - level - slopes . u, its leverage h = 1 / n + u . inverse u, its weight in
    the adjusted mean c = 1 / n + tilt . u, and the squared error is the sum of c^2 e^2 / (1 - h)
    (HC2; MacKinnon & White 1985, Journal of Econometrics 29, eq. 11).
    """

    n: int
    kept: tuple[int, ...]
    level: float
    centre: Vector
    slopes: Vector
    inverse: Matrix
    tilt: Vector
    shift: float  # slopes . d, d = the mean of both arms together - centre
    distance: float  # d . inverse d
    residual: float  # sum of squared residuals

    @property
    def adjusted(self) -> float:
        """The arm's mean at the covariates' means of both arms together."""
        return self.level + self.shift

    @property
    def df(self) -> float:
        return float(self.n - len(self.kept) - 1)


def fits(control: CoMoments, treatment: CoMoments) -> tuple[Fit, Fit]:
    """Regress the outcome on the covariates within each arm.

    Parameters
    ----------
    control, treatment : CoMoments
        Columns (outcome, covariates...) of the units complete in all of them.

    Returns
    -------
    tuple of Fit
        Both with the same covariates: one that is constant, or a linear combination of those
        before it, in either arm is left out of both.

    Raises
    ------
    NotEstimable
        ``control_empty``, ``treatment_empty``, ``control_one_unit``, ``treatment_one_unit``,
        ``numbers_too_large``, or ``covariates_too_many`` (an arm has no more units than the
        regression has coefficients).
    """
    means.refuse_few(control.n, treatment.n)
    numbers = [v for arm in (control, treatment) for row in arm.comoments for v in row]
    if not all(math.isfinite(v) for v in (*numbers, *control.means, *treatment.means)):
        raise NotEstimable("numbers_too_large")
    kept: list[int] = []
    for column in range(1, control.width):
        if all(_adds(arm, kept, column) for arm in (control, treatment)):
            kept.append(column)
    if min(control.n, treatment.n) <= len(kept) + 1:
        raise NotEstimable("covariates_too_many")
    both = control + treatment
    return _fit(control, both, kept), _fit(treatment, both, kept)


def compare(
    control: CoMoments,
    treatment: CoMoments,
    *,
    alpha: float,
    squares: tuple[float | None, float | None] = (None, None),
) -> Comparison:
    """Compare two means adjusted by several covariates.

    Parameters
    ----------
    control, treatment : CoMoments
        Columns (outcome, covariates...) of the units complete in all of them; the covariates are
        measured before the test.
    alpha : float
        Two-sided error of the test and of the interval, 0 < alpha < 1.
    squares : tuple of float or None
        The HC2 squared error of each arm's adjusted mean where a second pass over the rows
        computed it (see `Fit`). None: the moment form, s^2 (1/n + d . inverse d) with
        s^2 = residual / (n - k - 1) and d the covariates' distance from their mean of both arms
        together, which needs no second pass and is as good when the residuals' spread does not
        hang on the covariates.

    Returns
    -------
    Comparison
        The treatment coefficient of the regression with interactions (Lin 2013, Annals of Applied
        Statistics 7, 295-318, eq. 3): the difference of the arms' adjusted means. Interval and p
        are Welch's with n - k - 1 degrees of freedom an arm, lift Fieller's; ``method`` is
        ``lin_t``. ``parameters``: ``covariates`` (used), ``covariates_left_out``, ``error_form``
        ("hc2" or "moments"), ``variance_reduction``, ``unadjusted_control``,
        ``unadjusted_treatment``, ``unadjusted_estimate``, ``note`` (``covariate_constant`` when
        none could be used, which leaves Welch's own ``welch_t``; ``covariate_collinear`` when some
        were left out; else None).

    Raises
    ------
    NotEstimable
        As `fits`, ``no_variation`` (of the outcome) or ``covariate_explains_all``.
    """
    means.refuse_few(control.n, treatment.n)
    plain = means.compare(control.marginal(0), treatment.marginal(0), alpha=alpha)
    pair = fits(control, treatment)
    used, left_out = len(pair[0].kept), control.width - 1 - len(pair[0].kept)
    note = None if not left_out else "covariate_collinear" if used else "covariate_constant"
    is_robust = bool(used) and None not in squares
    parameters: dict[str, Parameter] = {
        "covariates": used,
        "covariates_left_out": left_out,
        "error_form": "hc2" if is_robust else "moments",
        "unadjusted_control": plain.control,
        "unadjusted_treatment": plain.treatment,
        "unadjusted_estimate": plain.estimate,
        "note": note,
    }
    errors = [_moment_square(fit) for fit in pair]
    if not any(errors):
        raise NotEstimable("covariate_explains_all")
    if is_robust:
        errors = [float(square or 0.0) for square in squares]
    unadjusted = (plain.standard_error or 0.0) ** 2
    parameters["variance_reduction"] = 1.0 - sum(errors) / unadjusted
    arms = [
        ArmValue(fit.n, fit.adjusted, error, fit.df)
        for fit, error in zip(pair, errors, strict=True)
    ]
    return means.welch(
        arms[0],
        arms[1],
        difference=plain.estimate + (pair[1].shift - pair[0].shift),
        alpha=alpha,
        method="lin_t" if used else "welch_t",
        parameters=parameters,
    )


def robust_square(
    fit: Fit, outcome: NDArray[float64], covariates: NDArray[float64], *, form: str = "hc2"
) -> float:
    """The squared error of one arm's adjusted mean by its rows.

    Parameters
    ----------
    fit : Fit
        The arm's own regression.
    outcome : array of float64, shape (n,)
    covariates : array of float64, shape (n, k)
        All covariates, the left-out ones too.
    form : {"hc2", "hc3"}
        Squared residuals divided by 1 - h, or by (1 - h)^2 (MacKinnon & White 1985, eq. 11, 12).
    """
    import numpy as np

    columns = [k - 1 for k in fit.kept]
    apart = covariates[:, columns] - np.array(fit.centre)
    residuals = (outcome - fit.level) - apart @ np.array(fit.slopes)
    inverse = np.array(fit.inverse).reshape(len(columns), len(columns))
    leverage = 1.0 / fit.n + ((apart @ inverse) * apart).sum(axis=1)
    # A row with leverage 1 is met by the line exactly: its residual is 0, and tells nothing.
    room = np.maximum(1.0 - leverage, 1e-12)
    weights = 1.0 / fit.n + apart @ np.array(fit.tilt)
    power = 2 if form == "hc3" else 1
    return float(((weights * residuals) ** 2 / room**power).sum())


def of_values(
    control: NDArray[float64],
    control_covariates: NDArray[float64],
    treatment: NDArray[float64],
    treatment_covariates: NDArray[float64],
    *,
    alpha: float,
    form: str = "hc2",
) -> Comparison:
    """`compare` from the rows themselves, with the HC2 or HC3 error.

    Parameters
    ----------
    control, treatment : array of float64, shape (n,)
        The outcome.
    control_covariates, treatment_covariates : array of float64, shape (n, k)
    alpha, form
        As in `compare` and `robust_square`; parameter ``error_form`` names the form.
    """
    rows = ((control, control_covariates), (treatment, treatment_covariates))
    samples = [CoMoments.of(y.tolist(), *x.T.tolist()) for y, x in rows]
    pair = fits(samples[0], samples[1])
    squares = [robust_square(fit, y, x, form=form) for fit, (y, x) in zip(pair, rows, strict=True)]
    found = compare(samples[0], samples[1], alpha=alpha, squares=(squares[0], squares[1]))
    named: dict[str, Parameter] = {"error_form": form} if found.method == "lin_t" else {}
    return replace(found, parameters={**found.parameters, **named})


def _fit(arm: CoMoments, both: CoMoments, kept: Sequence[int]) -> Fit:
    inverse = _inverse([[arm.comoments[i][j] for j in kept] for i in kept])
    with_outcome = [arm.comoments[i][0] for i in kept]
    slopes = _times(inverse, with_outcome)
    # The squares of y - slopes . x as one form of all columns: what is left of its terms is judged
    # against their rounding, so that a covariate which is the outcome leaves nothing.
    line = [1.0, *(-slope for slope in slopes)]
    columns = [0, *kept]
    terms = [
        a * b * arm.comoments[i][j]
        for a, i in zip(line, columns, strict=True)
        for b, j in zip(line, columns, strict=True)
    ]
    residual = math.fsum(terms)
    if residual <= _ROUNDING * math.fsum(map(abs, terms)):
        residual = 0.0
    apart = [arm.gap_to(both, i) for i in kept]
    tilt = _times(inverse, apart)
    return Fit(
        n=arm.n,
        kept=tuple(kept),
        level=arm.means[0],
        centre=tuple(arm.means[i] for i in kept),
        slopes=slopes,
        inverse=inverse,
        tilt=tilt,
        shift=_dot(slopes, apart),
        distance=_dot(tilt, apart),
        residual=residual,
    )


def _moment_square(fit: Fit) -> float:
    return fit.residual / fit.df * (1.0 / fit.n + fit.distance)


def _adds(arm: CoMoments, kept: Sequence[int], column: int) -> bool:
    """Whether a covariate says what those before it do not say yet."""
    own = arm.marginal(column)
    if not means.varies(own):
        return False
    table = arm.comoments
    with_kept = [table[i][column] for i in kept]
    explained = _dot(
        _times(_inverse([[table[i][j] for j in kept] for i in kept]), with_kept), with_kept
    )
    return own.m2 - explained > _COLLINEAR * own.m2


def _inverse(matrix: Sequence[Sequence[float]]) -> Matrix:
    """Of a positive definite table, by Gauss and Jordan on its correlations: columns in roubles and
    in shares stand side by side. Positive definite needs no pivots."""
    size = len(matrix)
    scale = [math.sqrt(matrix[i][i]) for i in range(size)]
    work = [
        [matrix[i][j] / scale[i] / scale[j] for j in range(size)]
        + [1.0 if i == j else 0.0 for j in range(size)]
        for i in range(size)
    ]
    for i in range(size):
        pivot = work[i][i]
        work[i] = [v / pivot for v in work[i]]
        for j in range(size):
            if j != i and work[j][i]:
                factor = work[j][i]
                work[j] = [a - factor * b for a, b in zip(work[j], work[i], strict=True)]
    return tuple(
        tuple(work[i][size + j] / scale[i] / scale[j] for j in range(size)) for i in range(size)
    )


def _times(matrix: Matrix, vector: Sequence[float]) -> Vector:
    return tuple(_dot(row, vector) for row in matrix)


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return math.fsum(a * b for a, b in zip(left, right, strict=True))
