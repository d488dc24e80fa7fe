"""The words with which services state an error in an answer of 200."""

from typing import Final

# Names of members, in lower case and without what separates their words.
ERRORS: Final = frozenset(
    {
        *("error", "errors", "err", "exception", "fault", "failure"),
        *("errorcode", "errcode", "errno", "faultcode"),
        *("errormessage", "errormsg", "errmsg", "errordescription", "faultstring"),
    }
)
FLAGS: Final = frozenset(
    {"success", "succeeded", "successful", "issuccess", "issuccessful", "ok", "isok"}
)
# Flags that are set where the request failed.
FLAGS_OF_ERRORS: Final = frozenset({"iserror", "haserror", "haserrors", "isfailed"})
OUTCOMES: Final = frozenset(
    {"status", "result", "ret", "stat", "type", "outcome", "responsestatus"}
    | {"rc", "returnstatus"}
)
FAILURES: Final = frozenset(
    {
        *("error", "err", "fail", "failed", "failure", "fault", "exception", "ko"),
        *("nok", "rejected"),
        *("unauthorized", "unauthenticated", "forbidden", "denied", "accessdenied"),
    }
)
# Those of answers that have nothing else: Google Maps' `{"status": "REQUEST_DENIED", "results": []}`.
FAILURES_ALONE: Final = frozenset(
    {"internalerror", "invalidrequest", "overdailylimit", "overquerylimit", "overquota"}
    | {"requestdenied", "unknownerror"}
)
CODES: Final = frozenset(
    {
        *("status", "statuscode", "httpstatus", "httpcode", "httpstatuscode", "code"),
        *("cod", "responsecode", "resultcode", "returncode", "retcode", "errorcode"),
        *("errcode", "errno", "error", "apistatus", "rescode", "returncd", "rc"),
    }
)
# Where the words for people stand, the most useful first (RFC 9457, 3.1; RFC 6750, 3.1).
WORDS: Final = (
    *("message", "errordescription", "detail", "details", "errormessage", "errormsg"),
    *("errmsg", "faultstring", "reason", "msg", "title", "error", "errors", "fault"),
    # Of XML, the text of an element that has attributes.
    *("err", "exception", "text", "description"),
    *("resultmessage", "responsemessage", "statusmessage", "retmsg", "resmsg"),
    *("returnmsg", "info", "information", "note"),
)
WORDS_OF_ERRORS: Final = frozenset(
    {"message", "errordescription", "detail", "errormessage", "errormsg", "errmsg"}
    | {"faultstring", "msg", "error"}
)
# Lists of what became of each command.
OUTCOMES_OF_EACH: Final = frozenset({"results", "commands", "responses"})
# Other members of answers that have nothing but an error.
BESIDE: Final = frozenset(
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
# Objects that describe the answer, beside its data.
ABOUT: Final = frozenset({"meta", "header", "status", "response", "result", "message"})
# Texts which mean that there is no error.
NONE: Final = frozenset(
    {
        *("", "0", "00000", "none", "null", "nil", "no", "noerror", "no error"),
        *("undefined", "false"),
        *("ok", "okay", "success", "successful", "succeeded", "n/a", "-", "200"),
    }
)
# The statuses of RFC 9110 that codes and words of services amount to.
STATUSES: Final = {
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
# Words that nothing but a server says, whatever it was asked.
OF_SERVERS: Final = (
    r"^(?:internal ?server ?error|bad ?gateway|gateway ?time ?out|service ?unavailable"
    r"|endpoint ?request ?timed ?out|an ?error ?(?:has ?)?occurred)\W*$"
)
FIRST_REFUSAL: Final = 400
AFTER_REFUSALS: Final = 600
# Withings answers each refusal with 200 and a status of its own.
OF_WITHINGS: Final = {
    **dict.fromkeys((100, 101, 102), 401),
    **dict.fromkeys((214, 277, 2553, 2554, 2555), 403),
    601: 429,
}
