# The base install: load, query, status, serve. No torch; a pack is made elsewhere.

FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY cypher cypher
COPY graphapi graphapi
COPY ingest ingest
COPY neurocypher neurocypher
RUN python -m venv /opt/neurocypher \
    && /opt/neurocypher/bin/pip install --no-cache-dir --prefer-binary --constraint constraints.txt .

FROM python:3.12-slim
COPY --from=build /opt/neurocypher /opt/neurocypher
RUN useradd --create-home --uid 10001 neurocypher
USER neurocypher
WORKDIR /home/neurocypher
ENV PATH=/opt/neurocypher/bin:$PATH \
    PYTHONUNBUFFERED=1
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["neurocypher"]
CMD ["serve", "--host", "0.0.0.0"]
