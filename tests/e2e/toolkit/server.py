"""An authorization server that others wrote: django-oauth-toolkit, as strict as it can be set.

Runs in an environment of its own (`.venv-toolkit`): `python server.py FOLDER REDIRECT_URI LIFETIME`.
Prints its addresses and its client as one line of JSON. A refresh token is good once: a second use
ends the grant.
"""

import json
from pathlib import Path
import secrets
import sys
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.management import call_command

FOLDER, REDIRECT_URI, LIFETIME = sys.argv[1:]
CLIENT_ID: Final = "ha-client"
CLIENT_SECRET: Final = secrets.token_urlsafe(24)
USER: Final = {"username": "ada", "password": "planted-password"}
# Asked for by the sign-in page and the consent page, which are Django's and the toolkit's own.
LOGIN: Final = (
    '<form action="" method="post">{% csrf_token %}{{ form }}<button>Go</button></form>'
)

settings.configure(
    SECRET_KEY=secrets.token_hex(),
    DEBUG=False,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(Path(FOLDER) / "server.sqlite3"),
        }
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": ["django.template.context_processors.request"],
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {"registration/login.html": LOGIN},
                    ),
                    "django.template.loaders.app_directories.Loader",
                ],
            },
        }
    ],
    LOGIN_URL="/login/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    OAUTH2_PROVIDER={
        "ACCESS_TOKEN_EXPIRE_SECONDS": int(LIFETIME),
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "PKCE_REQUIRED": True,
        "SCOPES": {"read": "Read", "write": "Write"},
        "ALLOWED_REDIRECT_URI_SCHEMES": ["http"],
    },
)
settings.TEMPLATES[0].pop("APP_DIRS")
django.setup()

# Django's models and views can be imported from here on only.
from django.contrib.auth import get_user_model  # noqa: E402 - Django is set up above
from django.contrib.auth.views import LoginView  # noqa: E402 - Django is set up above
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402 - Django is set up above
from django.http import HttpRequest, JsonResponse  # noqa: E402 - Django is set up above
from django.urls import include, path  # noqa: E402 - Django is set up above
from oauth2_provider.decorators import protected_resource  # noqa: E402 - Django is set up above
from oauth2_provider.models import (  # noqa: E402 - Django is set up above
    get_access_token_model,
    get_application_model,
    get_refresh_token_model,
)


@protected_resource()
def me(request: HttpRequest) -> JsonResponse:
    """Tell whose token it is."""
    return JsonResponse({"id": 1, "login": USER["username"]})


def seen(request: HttpRequest) -> JsonResponse:
    """Tell the test what there is: refresh tokens in all, and those of any kind that are good."""
    tokens = get_refresh_token_model().objects
    return JsonResponse(
        {
            "issued": tokens.count(),
            "good": tokens.filter(revoked__isnull=True).count(),
            "access": get_access_token_model().objects.count(),
        }
    )


urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("login/", LoginView.as_view()),
    path("api/me", me),
    path("seen", seen),
]


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing."""


def main() -> None:
    """Serve until the process is ended."""
    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create_user(**USER)
    application = get_application_model()
    application.objects.create(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_type=application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=REDIRECT_URI,
        user=user,
        name="Home Assistant",
    )
    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=_Quiet)
    base = f"http://127.0.0.1:{server.server_port}"
    addresses = {
        "base_url": base,
        "authorize_url": f"{base}/o/authorize/",
        "token_url": f"{base}/o/token/",
        "api_base_url": f"{base}/api",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        **USER,
    }
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
