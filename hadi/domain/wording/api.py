"""What the API says of requests themselves, before any rule of the subject is asked."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "api.unauthorized": N_(
        "Send a valid access token: “Authorization: Bearer hadi_…”. Tokens are made on the account page."
    ),
    "api.unknown_address": N_("There is nothing at this address."),
    "api.method_not_allowed": N_("This address does not take %(method)s; it takes %(allowed)s."),
    "api.too_large": N_("What was sent is over the limit of %(limit)s MB. Nothing was stored."),
    "api.not_json": N_("Send JSON with “Content-Type: application/json”."),
    "api.not_json_or_form": N_(
        "Send a file as multipart/form-data, or counts as application/json."
    ),
    "api.malformed_json": N_("The body is not valid JSON."),
    "api.malformed_request": N_("The request could not be read."),
    "api.body_missing": N_("The request has no body."),
    "api.not_object": N_("This takes a JSON object."),
    "api.invalid": NN_(
        "One field of the request needs another look.",
        "%(n)s fields of the request need another look.",
    ),
    "api.unknown_field": N_("“%(field)s” is not a field here."),
    "api.not_text": N_("“%(field)s” takes text."),
    "api.odd_characters": N_("“%(field)s” holds characters that no text has (such as NUL)."),
    "api.not_flag": N_("“%(field)s” takes true or false."),
    "api.not_list": N_("“%(field)s” takes a list."),
    "api.too_deep": N_("The JSON is nested too deeply."),
    "api.precondition_required": N_("Say which version you edit: send its ETag as “If-Match”."),
    "api.too_many_requests": N_("Too many requests: wait a minute and try again."),
    "api.unexpected": N_(
        "Something broke on our side. It was written to the log; nothing was saved."
    ),
    "api.no_plan": N_("This hypothesis has no plan yet."),
    "api.file_missing": N_("Attach the file in the field “file”."),
    "api.mapping_not_object": N_(
        "The mapping is a JSON object: the plan's name of a column to the file's."
    ),
    "api.no_such_person": N_("“%(person)s” is not a person of this workspace."),
    # The hypothesis as one sentence
    "statement_if": N_("If we %(change)s."),
    "statement_if_then": N_("If we %(change)s, then %(effect)s."),
    "statement_if_because": N_("If we %(change)s, because %(reason)s."),
    "statement_if_then_because": N_("If we %(change)s, then %(effect)s, because %(reason)s."),
}
