"""What is stored. Importing the package registers every table."""

from hadi.models.account import ApiToken, Role, User, Workspace
from hadi.models.analysis import Analysis
from hadi.models.conclusion import Conclusion
from hadi.models.dataset import Dataset
from hadi.models.event import Event
from hadi.models.hypothesis import Hypothesis
from hadi.models.receipt import Receipt
from hadi.models.rollout import Rollout, Wave
from hadi.models.test import PlanVersion, Test

__all__ = [
    "Analysis",
    "ApiToken",
    "Conclusion",
    "Dataset",
    "Event",
    "Hypothesis",
    "PlanVersion",
    "Receipt",
    "Role",
    "Rollout",
    "Test",
    "User",
    "Wave",
    "Workspace",
]
