# The dependencies exactly as locked, installed where the tools for it stay behind.
FROM python:3.11-slim AS dependencies
COPY requirements.lock .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LOG_FORMAT=json
# A fixed number, so that a volume's files belong to the same user in every release.
RUN useradd --uid 10001 --create-home --home-dir /data --shell /usr/sbin/nologin watchbill
COPY --from=dependencies /venv /venv
COPY LICENSE /app/
COPY bot /app/bot
COPY handlers /app/handlers
COPY schedules /app/schedules
COPY migrations /app/migrations
RUN python -m compileall -q /app
USER watchbill
# watchbill.db (if there is no PostgreSQL) and playbook.yaml are looked for here.
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ.get('HTTP_PORT', '8000') + '/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
