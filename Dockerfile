# One image for every process: `web`, `worker`, `dispatcher`, `migrate` (see docker-compose.yml).
FROM python:3.12-slim

# espeak-ng speaks the prompts; Hotline only calls it (see NOTICE). pg_dump makes backups, and must
# not be older than the server (docs/backup.md).
RUN apt-get update \
    && apt-get install -y --no-install-recommends espeak-ng postgresql-client \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PATH=/app/.venv/bin:$PATH \
    HOTLINE_DATA_DIR=/var/lib/hotline

WORKDIR /app

# The packages first, so that a change of our code does not install them anew. Every one of them
# is pinned and checked against its hash; setuptools goes before the others because one of them is
# built from source, which would otherwise fetch a setuptools of its own, unchecked.
# LOCK=requirements-sip.lock: the same with what lines over SIP need (docs/sip.md).
ARG LOCK=requirements.lock
COPY requirements.lock requirements-sip.lock ./
RUN python -m venv .venv \
    && sed -n '/^setuptools==/,/[^\\]$/p' "$LOCK" > /tmp/setuptools.lock \
    && .venv/bin/pip install --no-deps --require-hashes -r /tmp/setuptools.lock \
    && .venv/bin/pip install --no-deps --require-hashes --no-build-isolation -r "$LOCK"

COPY pyproject.toml README.md LICENSE NOTICE wsgi.py wsgi_door.py worker.py ./
COPY hotline hotline
COPY ivr ivr
COPY transcription transcription
COPY console console
COPY door door
COPY switch switch
# Editable: language files, models and templates are read where they lie.
RUN .venv/bin/pip install --no-deps --no-build-isolation --no-index -e . \
    && .venv/bin/pip check

RUN useradd --system --uid 10001 --home-dir /var/lib/hotline --create-home hotline \
    && chmod 0700 /var/lib/hotline
USER hotline
VOLUME /var/lib/hotline

# 8080: web; 5002 and the UDP ports: `hotline lines`, where it runs.
EXPOSE 8080 5002 5060/udp 16384-16583/udp
ENTRYPOINT ["hotline"]
CMD ["--help"]
