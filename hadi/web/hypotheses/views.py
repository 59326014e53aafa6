"""Everything under /hypotheses; importing this module attaches the views to the blueprint."""

from hadi.web.hypotheses import (
    analysis_views,
    blueprint,
    conclusion_views,
    data_views,
    dataset_views,
    download_views,
    feed_views,
    idea_views,
    job_views,
    list_views,
    mapping_views,
    page_views,
    plan_views,
    quality_views,
    step_views,
    upload_views,
)

__all__ = [
    "analysis_views",
    "blueprint",
    "conclusion_views",
    "data_views",
    "dataset_views",
    "download_views",
    "feed_views",
    "idea_views",
    "job_views",
    "list_views",
    "mapping_views",
    "page_views",
    "plan_views",
    "quality_views",
    "step_views",
    "upload_views",
]
