"""What is said when a team's own database cannot answer, or may not be asked."""

from __future__ import annotations

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "sums_unreadable": N_("What was kept of this data set's numbers is damaged or of a newer version: refresh it."),
    "engine_kind_unknown": N_("There is no kind of connection “%(kind)s”."),
    "engine_table_or_query": N_("Name a table or write a query: one of the two."),
    "engine_no_table": N_("There is no table “%(name)s” in reach: choose one of those that are listed."),
    "engine_no_file": N_("There is no file “%(path)s” any more: restore it, or change the connection."),
    "engine_no_folder": N_("There is no folder “%(path)s” any more: restore it, or change the connection."),
    "engine_many_files": NN_("The folder holds more than %(n)s Parquet file: connect a smaller one.", "The folder holds more than %(n)s Parquet files: connect a smaller one."),
    "engine_file_in_use": N_("Another program is writing to this DuckDB file: try again when it is done, or connect a copy."),
    "engine_no_duckdb": N_("This is no file of DuckDB, or it is damaged: connect another one."),
    "engine_query_long": NN_("A query may have %(n)s character: make a view in the database instead.", "A query may have %(n)s characters: make a view in the database instead."),
    "engine_query_unreadable": N_("This is no query that can be read: check its spelling."),
    "engine_query_not_select": N_("Write one SELECT: anything else, and more than one, is not asked of a database here."),
    "engine_query_writes": N_("A query may only read: take out what writes, locks or makes tables."),
    "engine_function_forbidden": N_("“%(name)s” may not be used in a query here: make a view of it in the database."),
    "engine_table_forbidden": N_("“%(name)s” may not be read here: ask for a table or a view."),
    "engine_column_twice": N_("The query gives two columns called “%(column)s”: name one of them otherwise."),
    "engine_too_slow": NN_("The database did not answer within %(n)s second: ask for less, or raise the limit of the connection.", "The database did not answer within %(n)s seconds: ask for less, or raise the limit of the connection."),
    "engine_too_dear": N_("The database expects this to cost %(cost)s, more than the connection's limit of %(limit)s: ask for less, or raise the limit."),
    "engine_too_many_rows": NN_("More than %(n)s row would have to be fetched: choose metrics that sums can answer, or raise the limit of the connection.", "More than %(n)s rows would have to be fetched: choose metrics that sums can answer, or raise the limit of the connection."),
    "engine_unreachable": N_("The database at %(address)s cannot be reached (%(reason)s)."),
    "engine_silent": NN_("The database at %(address)s did not answer within %(n)s second: check the host and the port, and whether a firewall stands between.", "The database at %(address)s did not answer within %(n)s seconds: check the host and the port, and whether a firewall stands between."),
    "engine_refused": N_("No database listens at %(address)s: check the host and the port, or have it started."),
    "engine_lost": N_("The connection to %(address)s broke off: nothing was kept, try again."),
    "engine_query_failed": N_("The database cannot answer this (%(reason)s)."),
    "engine_moving": N_("The rows changed while they were being summed: try again when nobody is writing to them."),
    "engine_not_number": N_("Metric “%(metric)s”, column “%(column)s”: “%(value)s” is not a number."),
    "engine_infinite": N_("Metric “%(metric)s”, column “%(column)s”: a value is infinite."),
    "engine_not_conversion": N_("Metric “%(metric)s”, column “%(column)s”: “%(value)s” is neither 0 nor 1, as a conversion needs."),
    "engine_not_events": N_("Metric “%(metric)s”, column “%(column)s”: “%(value)s” is not a whole number of events of at least 0."),
    "engine_not_exposure": N_("Metric “%(metric)s”, column “%(column)s”: “%(value)s” is not above 0, as an exposure has to be."),
    "engine_nul": N_("Column “%(column)s”: a cell holds a NUL character."),
}
