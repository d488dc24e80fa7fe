"""Errors that services report with status 200, and data that is not an error."""

import pytest

from custom_components.oauth2_client.document.reported_error import (
    message_of,
    reported_error,
)

# By service: the document that came with status 200, and the status of RFC 9110 with its meaning.
ERRORS: dict[str, tuple[object, int, str]] = {
    "Withings": (
        {"status": 401, "body": {}, "error": "XRequestID: Not provided invalid_token"},
        401,
        "XRequestID: Not provided invalid_token",
    ),
    "Withings without a word": ({"status": 401, "body": {}}, 401, "401"),
    "Withings, another code": ({"status": 102, "body": {}}, 401, "102"),
    "Withings, scope": ({"status": 2554, "body": {}}, 403, "2554"),
    "Withings, too many": ({"status": 601, "body": {}}, 429, "601"),
    "status and message": ({"status": 403, "message": "No"}, 403, "No"),
    "status as text": ({"statusCode": "503", "message": "Later"}, 503, "Later"),
    "RFC 6750": ({"error": "invalid_token"}, 401, "invalid_token"),
    "RFC 9457": (
        {"type": "about:blank", "title": "Gone", "status": 410, "detail": "It left"},
        410,
        "It left",
    ),
    "Google": (
        {"error": {"code": 429, "message": "Quota", "status": "RESOURCE_EXHAUSTED"}},
        429,
        "Quota",
    ),
    "Facebook": (
        {"error": {"message": "Error validating access token", "code": 190}},
        401,
        "Error validating access token",
    ),
    "GraphQL": ({"errors": [{"message": "Boom"}], "data": None}, 200, "Boom"),
    "GraphQL, code": (
        {
            "data": {"viewer": None},
            "errors": [
                {"message": "No", "extensions": {"code": "UNAUTHENTICATED"}},
            ],
        },
        401,
        "No",
    ),
    "GraphQL, throttled": (
        {"errors": [{"message": "Slow", "extensions": {"code": "THROTTLED"}}]},
        429,
        "Slow",
    ),
    "JSON-RPC": (
        {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Odd"}, "id": 1},
        200,
        "Odd",
    ),
    "Slack": ({"ok": False, "error": "invalid_auth"}, 401, "invalid_auth"),
    "Slack, ratelimited": ({"ok": False, "error": "ratelimited"}, 429, "ratelimited"),
    "success": ({"success": False, "message": "Not today"}, 200, "Not today"),
    "success as text": ({"success": "false", "msg": "No"}, 200, "No"),
    "Tuya": (
        {"code": 1010, "msg": "token invalid", "success": False, "t": 1, "tid": "a"},
        401,
        "token invalid",
    ),
    "code and message": ({"code": 7, "msg": "No such unit"}, 200, "No such unit"),
    "WeChat": ({"errcode": 40001, "errmsg": "Wrong"}, 200, "Wrong"),
    "errno": ({"errno": 3, "errmsg": ""}, 200, "3"),
    "OpenWeatherMap": ({"cod": "404", "message": "city not found"}, 404, "city not found"),
    "Apigee": (
        {
            "fault": {
                "faultstring": "Invalid access token",
                "detail": {"errorcode": "oauth.v2.InvalidAccessToken"},
            }
        },
        401,
        "Invalid access token",
    ),
    "JSend": ({"status": "error", "message": "Out of order"}, 200, "Out of order"),
    "meta": (
        {"meta": {"code": 429, "error_detail": "Too fast"}, "response": {}},
        429,
        "429",
    ),
    "status object": (
        {"status": {"error_code": 1001, "error_message": "No such key"}},
        200,
        "No such key",
    ),
    "header": ({"message": {"header": {"status_code": 401}, "body": []}}, 401, "401"),
    "a list of one": (
        [{"message": "Session expired", "errorCode": "INVALID_SESSION_ID"}],
        401,
        "Session expired",
    ),
    "Flickr": ({"stat": "fail", "code": 98, "message": "Bad"}, 200, "Bad"),
    "Flickr in XML": (
        {"rsp": {"@stat": "fail", "err": {"@code": "98", "@msg": "Invalid auth token"}}},
        401,
        "Invalid auth token",
    ),
    "SOAP": (
        {
            "s:Envelope": {
                "@xmlns:s": "urn:s",
                "s:Body": {"s:Fault": {"faultcode": "Client", "faultstring": "No"}},
            }
        },
        200,
        "No",
    ),
    "XML": ({"error": {"@code": "403", "#text": "Not yours"}}, 403, "Not yours"),
    "API Gateway": ({"message": "Unauthorized"}, 401, "Unauthorized"),
    "Django": ({"detail": "Invalid token."}, 401, "Invalid token."),
    "ASP.NET": (
        {"Message": "Authorization has been denied for this request."},
        401,
        "Authorization has been denied for this request.",
    ),
    "Django, no token": (
        {"detail": "Authentication credentials were not provided."},
        401,
        "Authentication credentials were not provided.",
    ),
    "flag of an error": ({"isError": True, "message": "No"}, 200, "No"),
    "code in words": ({"code": "UNAUTHORIZED", "message": "No"}, 401, "No"),
    "result code": ({"resultCode": "ERR", "resultMessage": "No"}, 200, "No"),
    "response code": ({"responseCode": "9", "responseMessage": "Odd"}, 200, "Odd"),
    "OMDb": ({"Response": "False", "Error": "Not found!"}, 200, "Not found!"),
    "Tesla": (
        {"response": {"result": False, "reason": "already on", "string": ""}},
        200,
        "already on",
    ),
    "SmartThings": ({"results": [{"id": "1", "status": "FAILED"}]}, 200, "failed"),
    "Hue, in part": (
        [
            {"success": {"/lights/1/state/on": True}},
            {"error": {"type": 201, "address": "/", "description": "device is off"}},
        ],
        200,
        "device is off",
    ),
    "ret": ({"ret": "fail", "errno": "3000", "error": "no permission"}, 403, "no permission"),
    "yes": ({"error": True}, 200, ""),
    "SwitchBot": (
        {"statusCode": 171, "body": {}, "message": "hub device is offline"},
        200,
        "hub device is offline",
    ),
    "Meross": (
        {"apiStatus": 1022, "sysStatus": 0, "info": "Invalid token", "data": {}},
        401,
        "Invalid token",
    ),
    "LG": ({"root": {"returnCd": "0102", "returnMsg": "Not logged in"}}, 401, "Not logged in"),
    "SolarmanPV": (
        {"code": "B0115", "msg": "no permission", "success": False},
        403,
        "no permission",
    ),
    "GoodWe": (
        {
            "hasError": False,
            "code": 100001,
            "msg": "The authorization has expired, please log in again.",
            "data": None,
        },
        401,
        "The authorization has expired, please log in again.",
    ),
    "EcoFlow": (
        {"code": "8521", "message": "signature is wrong", "eagleEyeTraceId": "x"},
        200,
        "signature is wrong",
    ),
    "Hyundai": (
        {"retCode": "F", "resCode": "4002", "resMsg": "Invalid body", "msgId": "x"},
        200,
        "Invalid body",
    ),
    "Bybit": (
        {"retCode": 10006, "retMsg": "Too many visits!", "result": {}, "time": 1},
        429,
        "Too many visits!",
    ),
    "Kraken": ({"error": ["EAPI:Rate limit exceeded"]}, 429, "EAPI:Rate limit exceeded"),
    "Alpha Vantage": (
        {"Note": "Our standard API call frequency is 5 calls per minute."},
        429,
        "Our standard API call frequency is 5 calls per minute.",
    ),
    "Finnhub": ({"error": "API limit reached."}, 429, "API limit reached."),
    "AccuWeather": (
        {
            "Code": "ServiceUnavailable",
            "Message": "The allowed number of requests has been exceeded.",
            "Reference": "/x",
        },
        429,
        "The allowed number of requests has been exceeded.",
    ),
    "Google Maps": ({"status": "REQUEST_DENIED", "results": []}, 403, "request_denied"),
    "Google Maps, too many": (
        {"status": "OVER_QUERY_LIMIT", "results": []},
        429,
        "over_query_limit",
    ),
    "AQICN": ({"status": "error", "data": "Over quota"}, 429, "Over quota"),
    "Ecowitt": (
        {"code": -1, "msg": "operation too frequent", "data": []},
        429,
        "operation too frequent",
    ),
    "UniFi": (
        {"meta": {"rc": "error", "msg": "api.err.LoginRequired"}, "data": []},
        401,
        "api.err.LoginRequired",
    ),
    "SFR": (
        {"rsp": {"@stat": "fail", "err": {"@code": "115", "@msg": "Authentication needed"}}},
        401,
        "Authentication needed",
    ),
    "FastAPI": (
        {"detail": [{"loc": ["query", "q"], "msg": "field required", "type": "x"}]},
        200,
        "field required",
    ),
    "a server": ({"message": "Internal server error"}, 200, "Internal server error"),
    "a gateway": ({"message": "Endpoint request timed out"}, 200, "Endpoint request timed out"),
    "a number": ({"error": 5}, 200, "5"),
}  # fmt: skip


@pytest.mark.parametrize("service", ERRORS)
def test_an_error_is_told_with_its_status_and_its_words(service: str) -> None:
    document, status, words = ERRORS[service]
    told = reported_error(document)

    assert told is not None
    assert (told.status, told.message) == (status, words)


@pytest.mark.parametrize(
    "document",
    [
        {"status": "ok", "items": []},
        {"statusCode": 100, "body": {}, "message": "success"},
        {"statusCode": 100, "temp": 3},
        {"apiStatus": 0, "sysStatus": 0, "info": "", "data": {}},
        {"retCode": "S", "resCode": "0000", "resMsg": {}},
        {"retCode": 0, "retMsg": "OK", "result": {}, "time": 1},
        {
            "status": {"errorCode": 0, "errorMessage": "Success with response body"},
            "payload": {"a": 1},
        },
        {"meta": {"rc": "ok"}, "data": []},
        {"status": "ZERO_RESULTS", "results": []},
        {"note": "Buy milk"},
        {"information": "Line 3 is delayed"},
        {"info": "Charge limit reached"},
        {"message": "Parking is not allowed"},
        {"message": "Service begins at noon"},
        {"detail": [{"id": 1, "msg": "Hello"}]},
        {"status": "REQUEST_DENIED", "results": [{"id": 1}]},
        {"status": 200, "body": {}},
        {"status": 0, "body": {}},
        {"status": 3, "mode": "off"},
        {"status": "running"},
        {"error": None, "unit": "A"},
        {"error": ""},
        {"error": False},
        {"error": 0},
        {"error": "none"},
        {"error": {"code": 0, "message": ""}},
        {"error": {}},
        {"errors": []},
        {"errors": {}},
        {"errors": [None, ""]},
        {"error_count": 5},
        {"code": 0, "msg": "success", "data": {}},
        {"code": 200, "message": "OK", "data": {"a": 1}},
        {"code": 1, "message": "ok"},
        {"code": "A7", "name": "Sofa"},
        {"errcode": 0, "errmsg": "ok"},
        {"success": True},
        {"ok": True, "messages": []},
        {"type": "sensor", "state": "error"},
        {"meta": {"code": 200}, "response": {}},
        {"status": {"error_code": 0, "error_message": None}, "data": {}},
        {"message": "No trips found"},
        {"data": {"status": 200}},
        {"devices": [{"error": "E1"}, {"error": "E2"}]},
        {"devices": [{"error": "E1"}]},
        {"result": False},
        {"response": {"result": True, "reason": ""}},
        {"results": [{"id": "1", "status": "ACCEPTED"}]},
        {"results": [{"status": "FAILED"}, {"status": "FAILED"}]},
        [{"success": {"/lights/1/state/on": True}}, {"success": {}}],
        {},
        [],
        [{"error": "E1"}, {"error": "E2"}],
        "error",
        401,
        None,
    ],
    ids=str,
)
def test_what_only_looks_like_one_is_data(document: object) -> None:
    assert reported_error(document) is None


@pytest.mark.parametrize(
    ("document", "is_all"),
    [
        ({"status": 401, "body": {}}, True),
        ({"error": "x", "request_id": "1", "timestamp": 5}, True),
        ({"error": "low battery", "level": 5}, False),
        ({"errors": [{"message": "x"}], "data": {"a": 1}}, False),
    ],
)
def test_an_error_beside_data_is_known_as_such(document: object, is_all: bool) -> None:
    told = reported_error(document)

    assert told is not None
    assert told.is_all is is_all


@pytest.mark.parametrize(
    ("document", "is_certain"),
    [
        ({"status": "error", "message": "Out of order"}, True),
        ({"error": {"code": 7, "message": "No"}, "id": 4}, True),
        ({"success": False, "lamp": {"level": 4}}, True),
        ({"errors": [{"message": "No"}], "data": {"lamp": {"id": 4}}}, True),
        ({"code": 404, "message": "No such lamp", "lamp": "a"}, True),
        ({"meta": {"code": 403, "message": "No"}, "lamp": {"level": 4}}, True),
        # These may be states of a device.
        ({"status": 404, "level": 4}, False),
        ({"error": "E18", "program": "eco", "state": "off"}, False),
        ({"error": {"code": 18, "message": "Stuck"}, "state": "paused"}, False),
        ({"status": "error", "battery": 50, "message": "Bin full"}, False),
        ({"errors": [{"message": "Bin full"}], "battery": 50}, False),
    ],
    ids=str,
)
def test_a_request_that_failed_is_told_from_a_thing_that_did(
    document: object, is_certain: bool
) -> None:
    told = reported_error(document)

    assert told is not None
    assert told.is_certain is is_certain


def test_words_are_found_whatever_the_case_of_their_names() -> None:
    assert (
        message_of({"Error_Message": "a"})
        == message_of({"errors": [{"MSG": "a"}]})
        == "a"
    )
    assert message_of({"id": "a"}) is None
