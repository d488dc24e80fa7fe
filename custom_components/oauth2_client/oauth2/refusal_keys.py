"""The keys under which servers put the code and the words of a refusal."""

from typing import Final

# Keys in lower case and without separators, so that `errorCode` and `ERROR_CODE` are one. The most
# specific first.
CODE_KEYS: Final = (
    "error",
    "errors",
    "errorcode",
    "errcode",
    "errortype",
    "faultcode",
    "code",
    "type",
    "retcode",
    "resultcode",
)
# The value of these keys counts as a code only if it is a known one.
MAYBE_CODE_KEYS: Final = (
    "status",
    "resource",
    "field",
    "reason",
    "message",
    "msg",
    "name",
    "title",
    "result",
    "suberror",
)
WORD_KEYS: Final = (
    "errordescription",
    "errormessage",
    "errormsg",
    "errmsg",
    "errorsummary",
    "errordetail",
    "errordesc",
    "faultstring",
    "message",
    "msg",
    "detail",
    "details",
    "description",
    "developermessage",
    "reason",
    "hint",
    "info",
    "title",
    "error",
    "errors",
    "result",
)
# Request parameters that some servers use as keys, with what is wrong with the parameter as the value.
PARAMETER_KEYS: Final = {
    name.replace("_", ""): name
    for name in [
        "client_id",
        "client_secret",
        "redirect_uri",
        "scope",
        "grant_type",
        "code",
        "refresh_token",
    ]
}
# Values that say only that there is an error, not which one.
NO_CODES: Final = frozenset({"error", "fail", "failed", "failure"})
# Keys of the nested objects, or lists of objects, that most likely hold code and words; read first.
INNER_KEYS: Final = ("error", "errors", "fault", "details", "data", "body")
