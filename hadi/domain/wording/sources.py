"""What is said of connections to a team's own databases, and of the feeds that ask them."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    # Connections
    "no_such_connection": N_("There is no such connection."),
    "source_unusable": N_("The connection cannot be saved like this."),
    "source_changed_meanwhile": N_(
        "Somebody changed the connection after you opened it: nothing was saved."
    ),
    "source_put_aside": N_("The connection “%(name)s” is put aside: bring it back to use it."),
    "source_name_missing": N_("Give the connection a name by which people find it."),
    "source_name_unusable": N_("A name has %(n)s signs at most, on one line."),
    "source_name_taken": N_("There is a connection “%(name)s” already: take another name."),
    "source_field.host": N_("Host"),
    "source_field.port": N_("Port"),
    "source_field.database": N_("Database"),
    "source_field.user": N_("User"),
    "source_field.tls": N_("Encryption"),
    "source_field.schema": N_("Schema"),
    "source_field.path": N_("Path"),
    "source_field.cluster": N_("Cluster"),
    "source_field.seconds": N_("Seconds"),
    "source_field.rows": N_("Rows"),
    "source_field.cost": N_("Cost"),
    "source_field_unknown": N_("A connection of this kind has no field “%(field)s”."),
    "source_field_missing": N_("Fill in the field “%(field)s”."),
    "source_field_unusable": N_(
        "What stands in the field “%(field)s” cannot be used: it takes a plain name on one line."
    ),
    "source_port_unusable": N_("A port is a whole number from 1 to 65535."),
    "source_tls_unusable": N_("Choose one of the ways of encryption that are offered."),
    "source_host_unusable": N_(
        "Write the host alone, such as “db.example.org”: port, user and password have fields of"
        " their own."
    ),
    "source_database_unusable": N_(
        "Write the name of the database alone: user and password have fields of their own."
    ),
    "source_is_own": N_(
        "This is the database that HADI keeps its own records in: connect another."
    ),
    "source_limit_unusable": N_("“%(field)s” takes a whole number from %(least)s to %(most)s."),
    "source_password_unused": N_("Files need no password: leave it out."),
    "source_password_unusable": N_(
        "This cannot be a password: it is too long, or has line breaks."
    ),
    "source_password_again": N_(
        "The connection leads elsewhere now: type the password again, so that the old one is not"
        " sent to a stranger."
    ),
    "secret_key_lost": N_(
        "The password of “%(name)s” was encrypted with a key that is no longer here: type it again,"
        " or put the old key back into HADI_CREDENTIALS_KEY."
    ),
    # Files
    "source_path_outside": N_(
        "This path is not in a folder that may be connected: whoever runs HADI names such folders"
        " in HADI_SOURCE_DIRS."
    ),
    "source_file_absent": N_("There is no file at this path."),
    "source_folder_absent": N_("There is no folder at this path."),
    "source_folder_empty": N_("There is no Parquet file in this folder."),
    "source_folder_large": N_("There are too many files in this folder: connect one below it."),
    "source_link_outside": N_(
        "A link in this folder leads out of the folders that may be connected: take it away first."
    ),
    # Feeds
    "no_such_feed": N_("There is no such feed."),
    "feed_changed_meanwhile": N_(
        "Somebody changed the feed after you opened it: nothing was saved."
    ),
    "feed_choose": N_("Choose a table, or write a query."),
    "feed_choose_one": N_("Choose a table or write a query, not both."),
    "feed_no_table": N_("There is no such table."),
    "feed_query_long": N_("A query has %(n)s signs at most: keep longer ones as a view."),
    "feed_look_slow": NN_("The first rows did not come within %(n)s second: name the columns without them, or set this aside and ask for less.", "The first rows did not come within %(n)s seconds: name the columns without them, or set this aside and ask for less."),
    "feed_in_use": N_("This feed has brought data already: it can be stopped, not set aside."),
    "feed_unmapped": N_("Say first which column is which."),
    "feed_of_other_test": N_("The test this feed answers is over: choose the source anew."),
    "feed_is_stopped": N_("This feed was stopped: bring it back to use it."),
    "feed_tag_unusable": N_("The column “%(column)s” cannot be marked like this."),
    "feed_column_missing": N_(
        "The source has no column “%(column)s” any more: name its columns again."
    ),
    "feed_column_renamed": N_(
        "The source has no column “%(column)s” any more; it may be called “%(likely)s” now: name"
        " its columns again."
    ),
    "feed_column_changed": N_(
        "The column “%(column)s” held %(before)s and holds %(after)s now: change it back, or name"
        " the columns again."
    ),
    "feed_type_number": N_("numbers"),
    "feed_type_time": N_("dates"),
    "feed_type_text": N_("text"),
    "feed_stage_connecting": N_("Connecting to “%(name)s”"),
    "feed_stage_summing": N_("Summing where the data are"),
    "feed_stage_keeping": N_("Keeping the sums"),
    "feed_tables": NN_("%(n)s table", "%(n)s tables"),
    # The log of a hypothesis
    "event_feed_chosen": N_("chose “%(source)s” as a source"),
    "event_feed_discarded": N_("set the source “%(source)s” aside"),
    "event_feed_added": N_("connected “%(source)s” as data"),
    "event_feed_mapped": N_("named the columns of “%(source)s” again"),
    "event_feed_scheduled": N_("changed when “%(source)s” is asked"),
    "event_feed_paused": N_("paused “%(source)s”"),
    "event_feed_resumed": N_("let “%(source)s” go on"),
    "event_feed_stopped": N_("stopped “%(source)s”"),
    "event_feed_restored": N_("brought “%(source)s” back"),
    # The log of the workspace
    "event_connection.created": N_("added a connection"),
    "event_connection.edited": N_("edited a connection"),
    "event_connection.archived": N_("put a connection aside"),
    "event_connection.restored": N_("brought a connection back"),
    "event_secrets_rotated": N_("encrypted the passwords of connections anew"),
    "activity_connection.created": N_("Connection added"),
    "activity_connection.edited": N_("Connection edited"),
    "activity_connection.archived": N_("Connection put aside"),
    "activity_connection.restored": N_("Connection brought back"),
    "activity_secrets_rotated": N_("Passwords of connections encrypted anew"),
    "activity_feed_chosen": N_("Source chosen"),
    "activity_feed_discarded": N_("Source set aside"),
    "activity_feed_added": N_("Source connected"),
    "activity_feed_mapped": N_("Columns of a source named"),
    "activity_feed_scheduled": N_("Schedule of a source changed"),
    "activity_feed_paused": N_("Source paused"),
    "activity_feed_resumed": N_("Source goes on"),
    "activity_feed_stopped": N_("Source stopped"),
    "activity_feed_restored": N_("Source brought back"),
}
