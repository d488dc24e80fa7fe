"""The names and values with which services report an error in an answer with status 200."""

from typing import Final

# All names are in lower case, and only their letters.
# Members that have an error.
ERROR_MEMBERS: Final = frozenset(
    {
        *("error", "errors", "err", "exception", "fault", "failure"),
        *("errorcode", "errcode", "errno", "faultcode"),
        *("errormessage", "errormsg", "errmsg", "errordescription", "faultstring"),
    }
)
# Flags that are false where the request failed.
SUCCESS_FLAGS: Final = frozenset(
    {"success", "succeeded", "successful", "issuccess", "issuccessful", "ok", "isok"}
)
# Flags that are true where the request failed.
FAILURE_FLAGS: Final = frozenset({"iserror", "haserror", "haserrors", "isfailed"})
# Members that state the outcome in a word, and the words for a failure.
OUTCOME_MEMBERS: Final = frozenset(
    {"status", "result", "ret", "stat", "type", "outcome", "responsestatus"}
    | {"rc", "returnstatus"}
)
FAILURE_VALUES: Final = frozenset(
    {
        *("error", "err", "fail", "failed", "failure", "fault", "exception", "ko"),
        *("nok", "rejected"),
        *("unauthorized", "unauthenticated", "forbidden", "denied", "accessdenied"),
    }
)
# Further words for a failure, in answers that have nothing else: Google Maps' `{"status": "REQUEST_DENIED", "results": []}`.
FAILURE_VALUES_ALONE: Final = frozenset(
    {"internalerror", "invalidrequest", "overdailylimit", "overquerylimit", "overquota"}
    | {"requestdenied", "unknownerror"}
)
# Members that have a code: a status of RFC 9110, or of the service.
CODE_MEMBERS: Final = frozenset(
    {
        *("status", "statuscode", "httpstatus", "httpcode", "httpstatuscode", "code"),
        *("cod", "responsecode", "resultcode", "returncode", "retcode", "errorcode"),
        *("errcode", "errno", "error", "apistatus", "rescode", "returncd", "rc"),
    }
)
# Members that have a message for people, the most useful first (RFC 9457, 3.1; RFC 6750, 3.1).
MESSAGE_MEMBERS: Final = (
    *("message", "errordescription", "detail", "details", "errormessage", "errormsg"),
    *("errmsg", "faultstring", "reason", "msg", "title", "error", "errors", "fault"),
    # `text` is that of an XML element with attributes.
    *("err", "exception", "text", "description"),
    *("resultmessage", "responsemessage", "statusmessage", "retmsg", "resmsg"),
    *("returnmsg", "info", "information", "note"),
)
# Those of them that make a code beside them that of an error.
ERROR_MESSAGE_MEMBERS: Final = frozenset(
    {"message", "errordescription", "detail", "errormessage", "errormsg", "errmsg"}
    | {"faultstring", "msg", "error"}
)
# Lists with the result of each command.
RESULT_LISTS: Final = frozenset({"results", "commands", "responses"})
# Other members of an answer that only reports an error.
ERROR_DETAILS: Final = frozenset(
    {
        *("requestid", "reqid", "traceid", "correlationid", "logid", "tid", "id"),
        *("timestamp", "time", "date", "t", "ts", "servertime", "path", "instance"),
        *("documentationurl", "moreinfo", "help", "helpurl", "version", "apiversion"),
        *("jsonrpc", "locale", "lang", "severity", "class", "trace"),
        *("description", "statustext", "faultactor", "xmlns", "retryafter"),
        *(
            "statusreason",
            "callid",
            "msgid",
            "transid",
            "transactionid",
            "took",
            "hint",
        ),
        *("eagleeyetraceid", "reference", "retextinfo", "sysstatus", "stacktrace"),
    }
)
# Objects that describe the answer, beside or around its data.
ENVELOPES: Final = frozenset(
    {"meta", "header", "status", "response", "result", "message"}
)
# Texts in the place of an error which mean that there is none.
NO_ERROR_VALUES: Final = frozenset(
    {
        *("", "0", "00000", "none", "null", "nil", "no", "noerror", "no error"),
        *("undefined", "false"),
        *("ok", "okay", "success", "successful", "succeeded", "n/a", "-", "200"),
    }
)
# For a status of RFC 9110, the codes and messages with the same meaning.
STATUS_PATTERNS: Final = {
    429: (
        r"too ?many ?(?:requests|visits|calls|attempts)|rate ?limit|throttl|quota|slow ?down"
        r"|over ?(?:query|daily) ?limit|resource ?exhausted|too ?frequent|call ?frequency"
        r"|(?:api|call|request|usage|access|daily|hourly|monthly) ?limits? ?(?:\w{2,4} ){0,2}"
        r"(?:reached|exceeded)|number ?of ?(?:requests|calls) ?(?:\w{2,4} ){0,2}exceeded"
    ),
    403: (
        r"insufficient ?(?:scope|permission)|missing ?scope|forbidden|access ?denied"
        r"|permission ?denied|request ?denied|no ?permission|scope ?insufficient"
    ),
    401: (
        r"unauthori[sz]ed|unauthenticated|not ?auth(?:ed|enticated|ori[sz]ed)|not ?logged ?in"
        r"|invalid ?(?:auth|credential|session)|auth\w{0,20} ?(?:error|failed|failure|required)"
        r"|log ?in ?(?:failed|required)"
        r"|credentials? (?:were |was )?not (?:provided|given|valid)"
        r"|authentication ?(?:is ?)?needed|authori[sz]ation ?(?:has ?)?expired"
        r"|(?:log|sign) ?in ?again|re ?authenticate"
        r"|(?:token|session)[\w ]{0,30}(?:invalid|expired|revoked|not ?valid|missing)"
        r"|(?:invalid|expired|revoked|bad|missing|wrong|validating)[\w ]{0,30}token"
        r"|authori[sz]ation ?has ?been ?denied"
    ),
}
# Messages that can only be those of a failing server.
SERVER_MESSAGE: Final = (
    r"^(?:internal ?server ?error|bad ?gateway|gateway ?time ?out|service ?unavailable"
    r"|endpoint ?request ?timed ?out|an ?error ?(?:has ?)?occurred)\W*$"
)
ERROR_STATUSES: Final = range(400, 600)
# The statuses in the answers of Withings, and those of RFC 9110 with the same meaning.
WITHINGS_STATUSES: Final = {
    **dict.fromkeys((100, 101, 102), 401),
    **dict.fromkeys((214, 277, 2553, 2554, 2555), 403),
    601: 429,
}
