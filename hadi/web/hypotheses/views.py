"""Everything under /hypotheses; importing this module attaches the views to the blueprint."""

from hadi.web.hypotheses import (
    blueprint,
    idea_views,
    list_views,
    page_views,
    plan_views,
    step_views,
)

__all__ = ["blueprint", "idea_views", "list_views", "page_views", "plan_views", "step_views"]
