"""All settings, read from the environment; what is not set is safe, or made for the demo when DEBUG is on.

| variable | meaning |
| --- | --- |
| `DEBUG` | `1` for development; off otherwise |
| `SECRET_KEY` | required to serve pages when DEBUG is off |
| `OLD_SECRET_KEYS` | earlier ones, separated by commas; what they signed is taken while they stand here |
| `ALLOWED_HOSTS` | host names separated by commas; required to serve pages when DEBUG is off |
| `PUBLIC_URL` | where people reach this site, such as `https://configurator.example`; quotes name it as their issuer |
| `SEALING_SECRETS` | what encrypts private keys in the database, then older ones; by default the secret keys |
| `DATABASE_URL` | `sqlite:///path` or `postgresql://user:password@host:port/name` |
| `DATA_DIR` | where the SQLite file and uploaded pictures live; `var/` beside the project by default |
| `COMPILED_DIR` | keeps compiled products over a restart, if SECRET_KEY is set; `DATA_DIR/compiled/` by default |
| `COMPILED_MEGABYTES` | what they may take together, 500 by default; those not used for longest go |
| `TRUSTED_PROXIES` | how many proxies in front of us set `X-Forwarded-Proto` and `-For`; 0 by default |
| `API_REQUESTS_PER_MINUTE` | how many calls of each class (read, evaluate, write) one key or client has; 600 |
| `API_ADDRESS_REQUESTS_PER_MINUTE` | how many calls come from one address, whatever their keys; 3000, 0: any |
| `WIDGET_REQUESTS_PER_MINUTE` | how many pages and clicks of the widget come from one address; 1200, 0: any |
| `API_WORK_SECONDS_PER_MINUTE` | how many seconds its hard calls (count, complete) may compute; 30 |
| `COUNTERS` | where limits are counted: `database`, `redis://host:6379/0` (extra `[redis]`), or `memory`, which is |
| | exact in one process only; `database` by default, with SQLite in a file beside it |
| `EMBEDDED_WORKER` | `1`: each server process has a worker in a thread; else run `manage.py worker`. On in the demo |
| `CELERY_BROKER_URL` | `redis://…` or `amqp://…`: Celery workers do the work, see docs/operations.md, section 3 |
| `EGRESS_ALLOWED` | private networks that events may be sent to, such as `10.1.0.0/16,fd00::/8`; none by default |
| `WEBHOOK_SECONDS` | how long an endpoint has to answer an event; 15 |
| `AUTOMATION_STEP_SECONDS` | how long a step of an automation may take; 60 |
| `MAIL_URL` | what sends e-mail: `smtp://user:password@host:587` (STARTTLS), `smtps://…:465` or `console:`; |
| | `smtp://host:25?plain=1` is not encrypted. None by default: then no mail is sent; with DEBUG the console |
| `MAIL_FROM` | the address that e-mail comes from, such as `no-reply@configurator.example` |
| `AUTOMATION_FILES` | where automations put files of the site, a folder below it for each merchant; none by default |
| `METRICS_TOKEN` | who brings it as `Authorization: Bearer …` reads `/metrics`; without one there is no such page |
| `OTEL_EXPORTER_OTLP_ENDPOINT` | where traces of requests are sent to (extra `[otel]`); none without it |
| `LOG_LEVEL` | `INFO` by default |
| `LOG_FORMAT` | `json`: each line of the log is a JSON object, with the ids of request, event and job |
"""

import os
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

BASE_DIR = Path(__file__).resolve().parent.parent
_COMMAND = sys.argv[1] if len(sys.argv) > 1 and Path(sys.argv[0]).name == "manage.py" else ""
# The demo and the tests run without any set-up; other servers have to say DEBUG=1 or bring their
# own secrets.
_TRYING = _COMMAND == "demo" or "pytest" in sys.modules
# Commands that answer nobody sign nothing that outlives them. `check --deploy` is there to tell
# what a server lacks.
_SERVES_NOTHING = _COMMAND not in {"", "runserver", "testserver"} and "--deploy" not in sys.argv


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _whole(name: str, default: int) -> int:
    """Return a number of the environment; 0 is one, and not the same as none."""
    return int(os.environ.get(name) or default)


def counters(told: str) -> tuple[str | None, str]:
    """Return what counts limits, None for the memory of each process, and the URL of its Redis."""
    if told == "memory":
        return None, ""
    if told.startswith(("redis://", "rediss://", "unix://")):
        return "integrations.access.counters.redis_server.RedisCounters", told
    if told == "database":
        is_file = DATABASES["default"]["ENGINE"].endswith("sqlite3")
        kind = "shared_file.FileCounters" if is_file else "postgresql.PostgresCounters"
        return f"integrations.access.counters.{kind}", ""
    raise ImproperlyConfigured(f"COUNTERS must be database, memory or redis://host, not {told!r}")


def _required(name: str, why: str) -> str:
    if value := os.environ.get(name, ""):
        return value
    raise ImproperlyConfigured(f"Set {name}: {why}. For development, set DEBUG=1 instead.")


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for a database URL; refuse other schemes than sqlite and postgresql."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            # Deferred transactions in WAL lose concurrent read-then-write updates; IMMEDIATE ones
            # wait in line.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
            },
            "CONN_MAX_AGE": 600,
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": dict(parse_qsl(parts.query)),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL must start with sqlite:// or postgresql://, not {parts.scheme}://"
    )


def mailers(url: str) -> dict[str, Any]:
    """Return Django's settings for what sends e-mail; nothing for an empty URL, which sends none."""
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme == "console":
        return {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(
            f"MAIL_URL must be smtp://host:587, smtps://host:465 or console:, not {url!r}"
        )
    is_plain = dict(parse_qsl(parts.query)).get("plain") == "1"
    options = {
        "host": parts.hostname,
        "port": parts.port or (465 if parts.scheme == "smtps" else 25 if is_plain else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp" and not is_plain,
        "timeout": 30,
    }
    return {
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    }


# The demo serves a shop page of its own; nothing else does.
DEMO_SHOP = _TRYING

DEBUG = _flag("DEBUG")
_RELAXED = DEBUG or _TRYING


_DEVELOPMENT_SECRET = "only-for-trying-the-product-out-never-for-real-data"  # noqa: S105


def _listed(given: str) -> list[str]:
    return [each.strip() for each in given.split(",") if each.strip()]


def _secret_key() -> str:
    """Return the key that signs what pages carry; a known one only where nobody else can come."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    if _SERVES_NOTHING:
        return secrets.token_urlsafe(48)
    if _RELAXED:
        return _DEVELOPMENT_SECRET
    return _required("SECRET_KEY", "a long random text that signs what pages carry")


def _allowed_hosts() -> str:
    if given := os.environ.get("ALLOWED_HOSTS", "").strip(", "):
        return given
    if _RELAXED or _SERVES_NOTHING:
        return "localhost,127.0.0.1,[::1],testserver"
    return _required("ALLOWED_HOSTS", "the host names this site answers to, separated by commas")


def _sealing_secrets() -> list[str]:
    """Return what is encrypted with; nothing where the secret key was made for this process alone."""
    if given := os.environ.get("SEALING_SECRETS"):
        return _listed(given)
    if given := os.environ.get("SECRET_KEY"):
        return [given, *SECRET_KEY_FALLBACKS]
    return [_DEVELOPMENT_SECRET] if _RELAXED else []


def _public_url(host: str) -> str:
    if given := os.environ.get("PUBLIC_URL"):
        return given.rstrip("/")
    return "http://localhost:8000" if host == "localhost" else f"https://{host.lstrip('.')}"


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = _listed(os.environ.get("OLD_SECRET_KEYS", ""))
SEALING_SECRETS = _sealing_secrets()
ALLOWED_HOSTS = _listed(_allowed_hosts())
PUBLIC_URL = _public_url(ALLOWED_HOSTS[0])

DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var")
DATA_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {
    "default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'db.sqlite3'}")
}
# Reading a compiled product runs what is in the file, so it has to be signed with something nobody
# else knows.
_COMPILED_DIR = Path(os.environ.get("COMPILED_DIR") or DATA_DIR / "compiled")
COMPILED_DIR = _COMPILED_DIR if os.environ.get("SECRET_KEY") else None
COMPILED_MEGABYTES = int(os.environ.get("COMPILED_MEGABYTES") or 500)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    # Gives the templates of form fields, which FORM_RENDERER takes from the apps.
    "django.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "oauth2_provider",
    "django_htmx",
    "drf_spectacular",
    "catalog.jobs",
    "catalog",
    "pricing",
    "configurator",
    "integrations.access",
    "integrations.webhooks",
    "integrations.automations",
    "integrations.connectors",
    "configurator_site",
]
MIDDLEWARE = [
    "configurator_site.measuring.Measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "catalog.nul_requests.NoNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "catalog.acting.Acting",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "catalog.races.LostRaces",
    "integrations.access.doors.Doors",
]
ROOT_URLCONF = "configurator_site.urls"
WSGI_APPLICATION = "configurator_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "configurator_site" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
# What is being tried out is served from where it lies, without collecting it first.
STATIC_ROOT = None if _TRYING else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if _RELAXED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = _RELAXED
WHITENOISE_AUTOREFRESH = DEBUG

# The policy of every page; the widget alone overrides frame-ancestors, with its merchant's own
# sites.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
# With "no-referrer" browsers send `Origin: null` with a plain form post, which our own check then
# refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if _RELAXED else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not _RELAXED
SECURE_SSL_REDIRECT = not _RELAXED
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not _RELAXED
SESSION_COOKIE_HTTPONLY = True
# Load balancers ask these by plain http.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES") or 0)
if TRUSTED_PROXIES > 0:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# A body that comes packed, or without a length, is read up to this size before anybody looks at it.
MOST_UNPACKED_BODY = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    # What earlier releases kept; a login brings it over to the first.
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    # Only for generated client secrets of 40 characters and more, where slow hashing protects
    # nothing.
    "integrations.access.hashers.GeneratedSecretHasher",
]
if "pytest" in sys.modules:
    # A slow hash for each login would be most of the suite's time.
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")

OAUTH2_PROVIDER_APPLICATION_MODEL = "access.ApiClient"
OAUTH2_PROVIDER: dict[str, Any] = {
    "SCOPES_BACKEND_CLASS": "integrations.access.scopes.Scopes",
    "DEFAULT_SCOPES": [],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 60,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 30 * 24 * 3600,
    "CLIENT_SECRET_HASHER": "generated_sha256",
    "PKCE_REQUIRED": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "OAUTH2_SERVER_CLASS": "integrations.access.oauth.Server",
    "OAUTH2_VALIDATOR_CLASS": "integrations.access.oauth.Validator",
    # The issuer, although no OpenID is spoken here.
    "OIDC_ISS_ENDPOINT": PUBLIC_URL,
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["authorization_code", "client_credentials", "refresh_token"],
    "OAUTH2_TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED": [
        "client_secret_basic",
        "client_secret_post",
        "none",
    ],
    "OAUTH2_PROTECTED_RESOURCE_IDENTIFIER": f"{PUBLIC_URL}/api/v1/",
    "OAUTH2_PROTECTED_RESOURCE_AUTHORIZATION_SERVERS": [PUBLIC_URL],
    "APPLICATION_ADMIN_CLASS": "integrations.access.admin.ApiClientAdmin",
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    # All that RFC 9700 recommends; only checksums of tokens are stored.
    **{
        f"COMPLIANT_BCP_RFC9700_{gate}": True
        for gate in (
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "TOKEN_STORAGE",
            "REFRESH_TOKEN",
            "REDIRECT_URI_SCHEME",
            "REDIRECT_URI_MATCHING",
            "PKCE_REQUIRED",
        )
    },
}

# The API's views read and answer by themselves (integrations/api/endpoint.py); this is what
# describes them.
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "integrations.api.openapi.OperationSchema",
    "UNAUTHENTICATED_USER": None,
}
# OpenAPI's root fields are in integrations/api/openapi.py, beside the code that makes the rest of
# it.
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.1",
    "SORT_OPERATIONS": False,
    "POSTPROCESSING_HOOKS": [],
}
API_REQUESTS = _whole("API_REQUESTS_PER_MINUTE", 600)
API_ADDRESS_REQUESTS = _whole("API_ADDRESS_REQUESTS_PER_MINUTE", 3_000)
# Calls that begin work which goes on beside the request: checks and sweeps.
API_HEAVY_REQUESTS = 30
# Calls without a valid credential, and calls of all addresses of OAuth, that come from one address.
WRONG_CREDENTIALS, TOKEN_REQUESTS = 60, 120
# Seconds of computing in a window for calls whose work nobody can tell beforehand.
API_WORK_SECONDS = _whole("API_WORK_SECONDS_PER_MINUTE", 30)
API_WINDOW_SECONDS = 60
API_MOST_BODY = 1024 * 1024
# What shoppers of one address may do: pages and clicks, configurations and as many files kept, seconds
# of completing and of reading files.
WIDGET_REQUESTS = _whole("WIDGET_REQUESTS_PER_MINUTE", 1_200)
WIDGET_SAVES, WIDGET_WORK_SECONDS = 60, 30
# How often somebody may try to log in: to one account, and from one address to any.
LOGIN_ATTEMPTS, LOGIN_ADDRESS_ATTEMPTS, LOGIN_WINDOW_SECONDS = 10, 50, 15 * 60
COUNTERS, REDIS_URL = counters(
    os.environ.get("COUNTERS") or ("memory" if "pytest" in sys.modules else "database")
)

# Tasks are rows of ours (ADR 0190); a worker that dies loses none.
TASKS = {"default": {"BACKEND": "catalog.jobs.backend.DurableBackend"}}
EMBEDDED_WORKER = _flag("EMBEDDED_WORKER", default=_RELAXED and "pytest" not in sys.modules)

# Celery carries the news that there is work, where it is set; the work stays in these rows (ADR
# 0188).
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "")
# Who writes a row does not wait long for a broker that is away.
CELERY_TRANSPORT_OPTIONS: dict[str, Any] = {"socket_connect_timeout": 1, "socket_timeout": 5}
if CELERY_BROKER_URL.startswith("filesystem:"):
    _MESSAGES = DATA_DIR / "messages"
    CELERY_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_MESSAGES),
        "data_folder_out": str(_MESSAGES),
        "control_folder": str(_MESSAGES / "control"),
    }
MAILERS = mailers(os.environ.get("MAIL_URL", "console:" if _RELAXED else ""))
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM") or f"no-reply@{urlsplit(PUBLIC_URL).hostname}"

# On one's own machine, receivers are there too.
EGRESS_ALLOWED = _listed(
    os.environ.get("EGRESS_ALLOWED", "127.0.0.0/8,::1/128" if _RELAXED else "")
)
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
AUTOMATION_STEP_SECONDS = float(os.environ.get("AUTOMATION_STEP_SECONDS") or 60)
AUTOMATION_FILES = Path(files) if (files := os.environ.get("AUTOMATION_FILES")) else None
WEBHOOK_SECONDS = float(os.environ.get("WEBHOOK_SECONDS") or 15)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": "configurator_site.logs.JsonLines"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if os.environ.get("LOG_FORMAT") == "json" else "line",
        }
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL") or "INFO"},
    # It tells of each document what it adds to it.
    "loggers": {"ezdxf": {"level": "WARNING"}},
}
