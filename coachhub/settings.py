"""All settings, read from the environment (and `<DATA_DIR>/env`); nonsense is refused with a sentence."""

from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from environs import FileAwareEnv

from coachhub.environment import data_dir, mailers, require_production_values

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = data_dir(BASE_DIR)

env = FileAwareEnv(strip_whitespace=True)
env.read_env(DATA_DIR / "env", recurse=False, override=False)
DATABASE_DIR = Path(env.str("DATABASE_DIR", str(DATA_DIR)))  # told by the embedded servers when they live elsewhere

# --- What kind of installation this is --------------------------------------------------------
PRODUCTION = env.bool("PRODUCTION", False)
DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
SITE_URL = env.str("SITE_URL", f"http://127.0.0.1:{env.int('PORT', 8000)}").rstrip("/")
DEVELOPMENT_SECRET_KEY = "development-only-never-in-production"  # noqa: S105 (refused in production)
DEVELOPMENT_FIELD_KEYS = "dev:Y29hY2hodWItZGV2ZWxvcG1lbnQta2V5LTMyLWJ5dGU="
SECRET_KEY = env.str("SECRET_KEY", DEVELOPMENT_SECRET_KEY)
FIELD_KEYS = env.str("FIELD_KEYS", DEVELOPMENT_FIELD_KEYS)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
if PRODUCTION:
    require_production_values(
        debug=DEBUG,
        demo=DEMO,
        secret_key=SECRET_KEY,
        field_keys=FIELD_KEYS,
        defaults=(DEVELOPMENT_SECRET_KEY, DEVELOPMENT_FIELD_KEYS),
    )

# --- Parts --------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "programs.apps.ProgramsConfig",
    "sessions.apps.SessionsConfig",
    "metrics.apps.MetricsConfig",
    "coachhub.apps.CoachHubConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "coachhub.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # a random length hides what is secret in a page (BREACH)
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "coachhub.middleware.LoginMiddleware",
    "programs.middleware.MemberMiddleware",
    "sessions.middleware.HandOverMiddleware",
    "programs.middleware.RouteHistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "coachhub.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "coachhub.urls"
WSGI_APPLICATION = "coachhub.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "coachhub.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_htmx.templatetags.django_htmx",
                "coachhub.templatetags.coachhub",
            ],
        },
    },
]

# --- Database, broker, cache ----------------------------------------------------------------------
DATABASES = {"default": env.dj_db_url("DATABASE_URL", "postgresql:///coachhub")}
POOL = env.int("DATABASE_POOL", 4)  # connections of a process; 0: no pool, which a command has no use for
DATABASES["default"] |= {
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": True,  # 25 µs a request, so that a database that was restarted fails nobody
    "OPTIONS": {"connect_timeout": 5}
    | DATABASES["default"].get("OPTIONS", {})
    # Who finds no database waits 5 s; it is tried anew by whoever comes next, not after pauses that double for minutes.
    | ({"pool": {"min_size": 1, "max_size": POOL, "timeout": 5, "reconnect_timeout": 5}} if POOL else {}),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "coachhub",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 0.5},
    }
}
PGHISTORY_APPEND_ONLY = True
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# --- People -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "programs.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mail is unique on Lower()
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_ADAPTER = "programs.adapter.InvitationOnlyAdapter"
ACCOUNT_FORMS = {
    "login": "programs.forms.sign_in.SignInForm",
    "reset_password": "programs.forms.sign_in.ResetForm",
    "request_login_code": "programs.forms.sign_in.CodeForm",
    "confirm_login_code": "programs.forms.sign_in.ConfirmForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation's link proves the address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)
SESSION_COOKIE_AGE = int(timedelta(days=env.int("LOGIN_DAYS", 14)).total_seconds())

# --- Security -----------------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "coachhub.pages.sign_in.refused_token"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

# --- Language, time, files ------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = len(LANGUAGES) > 1  # with one language there is nothing to look up, a hundred times a page
LOCALE_PATHS = [BASE_DIR / "locale"]
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION  # compressing takes half a minute: not while somebody waits for their first start
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

# --- E-mail -----------------------------------------------------------------------------------------------
MAILBOX_DIR = DATA_DIR / "mailbox"
EMAIL_URL = env.str("EMAIL_URL", "")
MAILERS = mailers(EMAIL_URL, mailbox=MAILBOX_DIR)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("FROM_EMAIL", "CoachHub <coachhub@localhost>")

# --- Background work: the database is the truth, Celery rings ------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True  # only of those acknowledged late: none; no warning
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker, however long
CELERY_BROKER_TRANSPORT_OPTIONS = {"ack_emulation": False, "socket_keepalive": True}  # ADR 0018
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "coachhub.timetable:Timetable"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for task, seconds in {
        "sessions.tasks.send_due": env.float("SWEEP_EVERY", 30.0),  # seconds
        "sessions.tasks.end_overdue": 60.0,
        "sessions.tasks.reveal_due": 60.0,
        "sessions.tasks.fall_back": 600.0,
        "sessions.tasks.close_unanswered": 600.0,
        "sessions.tasks.forget_old_addresses": 3600.0,
        "programs.tasks.import_people": 30.0,
        "programs.tasks.send_invitations": 30.0,
        "programs.tasks.forget_imports": 3600.0,
        "programs.tasks.forget_logins": 3600.0,
        "metrics.tasks.publish_due": 600.0,
    }.items()
}

# --- API ------------------------------------------------------------------------------------------------------
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", 600)  # by token
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["programs.api.tokens.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["coachhub.api.bodies.JsonBody"],
    "DEFAULT_RENDERER_CLASSES": ["coachhub.api.bodies.JsonAnswer"],
    "DEFAULT_THROTTLE_CLASSES": ["coachhub.api.limits.PerToken"],
    "DEFAULT_SCHEMA_CLASS": "coachhub.api.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "coachhub.api.problems.handle",
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": False,
    "UNAUTHENTICATED_USER": None,
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "CoachHub API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": {"SessionStatusEnum": "sessions.models.Status"},
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "coachhub.api.schema.describe"],
}

# --- Logs: who, when, what; no content, secrets or tokens ---------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
    raise ImproperlyConfigured("LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "coachhub.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "celery": {"level": "WARNING"},
        "_granian": {"handlers": ["stderr"], "propagate": False},  # its own format quotes exceptions
    },
}
