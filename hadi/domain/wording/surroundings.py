"""What went on around a test: days, people, goods and other tests."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "surroundings_pilots": N_("the pilots"),
    "surroundings_controls": N_("the controls"),
    "surroundings_names": NN_("%(names)s and %(n)s more", "%(names)s and %(n)s more"),
    "surroundings_arm": N_("“%(arm)s”"),
    "surroundings_day": N_("%(day)s"),
    "surroundings_span": N_("%(first)s to %(last)s"),
    "surroundings_from": N_("%(first)s on"),
    # Days of the calendar
    "days_uneven": NN_(
        "%(kind)s “%(name)s”, %(when)s, reaches %(most_share)s of the stores of %(most)s (%(stores)s) and %(least_share)s of those of %(least)s, on %(n)s day of the test: what it does is in the difference.",
        "%(kind)s “%(name)s”, %(when)s, reaches %(most_share)s of the stores of %(most)s (%(stores)s) and %(least_share)s of those of %(least)s, on %(n)s days of the test: what it does is in the difference.",
    ),
    "days_uneven_before": NN_(
        "%(kind)s “%(name)s”, %(when)s, reaches %(most_share)s of the stores of %(most)s (%(stores)s) and %(least_share)s of those of %(least)s before the start, on %(n)s day: the test is held against a time unlike others.",
        "%(kind)s “%(name)s”, %(when)s, reaches %(most_share)s of the stores of %(most)s (%(stores)s) and %(least_share)s of those of %(least)s before the start, on %(n)s days: the test is held against a time unlike others.",
    ),
    "days_after_only": N_(
        "%(kind)s “%(name)s”, %(when)s, lies in the months of the change and not in those before: nothing here tells it from the change."
    ),
    "days_before_only": N_(
        "%(kind)s “%(name)s”, %(when)s, lies in the months before and not in those of the change: the change is held against a time unlike others."
    ),
    "days_more": NN_(
        "%(n)s more entry of the calendar reaches the compared sides unequally.",
        "%(n)s more entries of the calendar reach the compared sides unequally.",
    ),
    "days_alike": NN_(
        "%(n)s entry of the calendar lies in the test and reaches every arm alike.",
        "%(n)s entries of the calendar lie in the test and reach every arm alike.",
    ),
    "days_alike_within": NN_(
        "%(n)s entry of the calendar lies in the test and reaches every arm about alike: the shares of their stores that it reaches are no more than %(limit)s apart.",
        "%(n)s entries of the calendar lie in the test and reach every arm about alike: the shares of their stores that they reach are no more than %(limit)s apart.",
    ),
    # Weeks of the stores
    "staff_stayed": N_(
        "Those who began during the test were at most %(share)s of the staff of a store; up to %(limit)s it is taken as the same store."
    ),
    "staff_changed": NN_(
        "%(stores)s: those who began during the test are %(share)s of the staff, more than %(limit)s. Whether the change works or the new people do cannot be told apart.",
        "%(stores)s: those who began during the test are up to %(share)s of the staff, more than %(limit)s. Whether the change works or the new people do cannot be told apart.",
    ),
    "staff_replaced": N_(
        "%(stores)s: by the log %(began)s people began in %(weeks)s weeks of the test where about %(staff)s work. If the same people were entered as new week after week, correct the log; if not, whether the change works or the new people do cannot be told apart."
    ),
    "stock_ran_out": NN_(
        "Goods ran out in %(n)s week of the test: %(stores)s%(goods)s. What was not on the shelf could not be sold, whatever the change did.",
        "Goods ran out in %(n)s weeks of the test: %(stores)s%(goods)s. What was not on the shelf could not be sold, whatever the change did.",
    ),
    "stock_uneven": N_(
        "Goods ran out in %(most_share)s of the weeks of %(most)s and in %(least_share)s of those of %(least)s: %(stores)s%(goods)s. What could not be sold is in the difference."
    ),
    "stock_alike": N_(
        "Goods ran out in every arm about as often: in %(most_share)s of the weeks of %(most)s and in %(least_share)s of those of %(least)s."
    ),
    "stock_uneven_beyond": N_(
        "Goods ran out in %(most_share)s of the weeks of %(most)s and in %(least_share)s of those of %(least)s, more than %(limit)s apart: %(stores)s%(goods)s. What could not be sold is in the difference."
    ),
    "stock_alike_within": N_(
        "Goods ran out in every arm about as often: in %(most_share)s of the weeks of %(most)s and in %(least_share)s of those of %(least)s, no more than %(limit)s apart."
    ),
    # Other tests
    "overlap_collides": N_(
        "%(other)s (“%(title)s”) and %(key)s run in the same stores on the same metric, %(when)s: %(stores)s. Each is credited with what the other does."
    ),
    "overlap_beside": N_(
        "%(other)s (“%(title)s”) changes something in the same stores as %(key)s, %(when)s: %(stores)s. It is about another metric, and may move this one too."
    ),
    "overlap_possible": N_(
        "%(other)s (“%(title)s”) is about the same metric as %(key)s, %(when)s. Whether they share a store is not known: name where both run."
    ),
    "collisions_more": NN_(
        "%(n)s more test ran in the same stores.", "%(n)s more tests ran in the same stores."
    ),
}
