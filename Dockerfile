# Two stages: wheels are built once, the image that runs holds no compiler and no root.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --require-hashes -r requirements.txt
COPY . .
# Static files get their hashed names here; the values stand in for those of the installation and are not kept.
RUN DATA_DIR=/tmp/build STATIC_ROOT=/app/staticfiles PRODUCTION=1 \
    SECRET_KEY=build-only-0123456789abcdefghijklmnopqrstuvwxyz-0123456789 \
    FIELD_KEYS=build:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE= \
    /venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin coachhub \
    && mkdir /data && chown coachhub /data
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    PRODUCTION=1 DATA_DIR=/data STATIC_ROOT=/app/staticfiles
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER coachhub
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "1", "--no-ws", "--log-level", "warning", "--workers-kill-timeout", "3", \
     "coachhub.wsgi:application"]
