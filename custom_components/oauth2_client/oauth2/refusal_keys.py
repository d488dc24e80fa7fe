"""Where servers put the code and the words of a refusal: the keys of objects and elements."""

from typing import Final

# Keys in lower case and without separators, so that `errorCode` and `ERROR_CODE` are one. The most
# telling first.
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
# What stands there is a code only where it has a meaning.
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
# Parameters that stand as keys beside what is wrong with them.
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
# What says that it is an error, and not which.
NO_CODES: Final = frozenset({"error", "fail", "failed", "failure"})
# Where another object, or a list of them, most likely holds these keys. Others are read after them.
INNER_KEYS: Final = ("error", "errors", "fault", "details", "data", "body")
