"""Where each method is explained: its section of the methods page."""

from __future__ import annotations

from flask import url_for

SECTIONS = {
    "newcombe_pooled_z": "conversion",
    "newcombe_fisher": "conversion",
    "welch_t": "mean",
    "delta_welch_t": "ratio",
    "rate_exact": "rate",
    "rate_log_wald": "rate",
    "hodges_lehmann_brunner_munzel": "rank",
    "hodges_lehmann_permutation": "rank",
    "quantile_order_statistics": "quantile",
    "cuped_welch_t": "covariates",
    "cuped_delta_t": "covariates",
    "lin_t": "covariates",
    "cluster_cr2_t": "clusters",
    "cluster_permutation": "clusters",
    "cluster_means_t": "clusters",
    "pilot_did": "pilots",
    "pilot_synthetic": "pilots",
    "pilot_synthetic_demeaned": "pilots",
    "pilot_synthetic_did": "pilots",
    "pilot_augmented": "pilots",
    "season_coefficients": "before-and-after",
    "segmented_log": "before-and-after",
    "segmented_poisson": "before-and-after",
    "omnibus_chi_square": "several-arms",
    "omnibus_welch_f": "several-arms",
    "omnibus_wald": "several-arms",
    "omnibus_kruskal_wallis": "several-arms",
    "segments_cochran_q": "segments",
    "segments_welch_f": "segments",
    # What stands beside or around a method.
    "anytime": "looks",
    "planned": "looks",
    "fixed": "looks",
    "bayes": "bayesian-view",
    "equivalence": "equivalence-and-margins",
    "several_arms": "several-arms",
    "segments": "segments",
    "winsor": "extreme-values",
    # Checks, by their codes.
    "sample_ratio": "sample-ratio",
    "quality": "quality-of-a-result",
    "data_quality": "quality-of-the-data",
    "after_the_fact": "after-the-fact",
    "log_support": "log-and-receipts",
    "low_power": "exaggeration",
    "not_estimable": "what-cannot-be-estimated",
    "planning": "planning",
}


def base_of(method: str) -> str:
    """The method without the kind of look it was made at."""
    return method.removesuffix("_anytime")


def section_of(method: str) -> str:
    """The section of the methods page that a method is explained in. Raises KeyError."""
    return SECTIONS[base_of(method)]


def explained_at(method: str) -> str:
    """The address of that section."""
    return url_for("methods.show", _anchor=section_of(method))
