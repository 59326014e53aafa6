"""What is stored. Importing the package registers every table."""

from hadi.models.account import ApiToken, Role, User, Workspace
from hadi.models.analysis import Analysis
from hadi.models.basket import Basket
from hadi.models.calendar_entry import CalendarEntry
from hadi.models.conclusion import Conclusion
from hadi.models.connection import Connection, Feed
from hadi.models.cost import BudgetDecision, Cost, MoneyEstimate
from hadi.models.dataset import Dataset, DatasetPart, Reconciliation
from hadi.models.event import Event
from hadi.models.funnel import Funnel, FunnelDeals
from hadi.models.hypothesis import Hypothesis
from hadi.models.job import Job
from hadi.models.lever import ClientBase, LeverPeriod, LeverTarget
from hadi.models.pilot import PilotHistory
from hadi.models.receipt import Receipt
from hadi.models.rollout import Rollout, Wave
from hadi.models.scorecard import (
    Scorecard,
    ScorecardCriterion,
    ScorecardLink,
    ScorecardMark,
    ScorecardVisit,
)
from hadi.models.season_profile import SeasonProfile
from hadi.models.test import PlanVersion, Test
from hadi.models.unit import HypothesisSetting, Unit, UnitWeek
from hadi.models.upload import Upload

__all__ = [
    "Analysis",
    "ApiToken",
    "Basket",
    "BudgetDecision",
    "CalendarEntry",
    "ClientBase",
    "Conclusion",
    "Connection",
    "Cost",
    "Dataset",
    "DatasetPart",
    "Event",
    "Feed",
    "Funnel",
    "FunnelDeals",
    "Hypothesis",
    "HypothesisSetting",
    "Job",
    "LeverPeriod",
    "LeverTarget",
    "MoneyEstimate",
    "PilotHistory",
    "PlanVersion",
    "Receipt",
    "Reconciliation",
    "Role",
    "Rollout",
    "Scorecard",
    "ScorecardCriterion",
    "ScorecardLink",
    "ScorecardMark",
    "ScorecardVisit",
    "SeasonProfile",
    "Test",
    "Unit",
    "UnitWeek",
    "Upload",
    "User",
    "Wave",
    "Workspace",
]
