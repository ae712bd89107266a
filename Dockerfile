# syntax=docker/dockerfile:1
# Three stages: the web pages, the Python environment, and a slim image that runs both without compilers or Node.

FROM node:24-bookworm-slim AS web
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM python:3.11-slim-bookworm AS python
RUN python -m venv /opt/gongdi
ENV PATH=/opt/gongdi/bin:$PATH
WORKDIR /build
COPY requirements.lock pyproject.toml README.md ./
# The lock also pins the tools of development. As constraints it leaves those out: only what the project itself names
# is installed. The package runs from its source tree, beside migrations and web pages, so an empty one stands in here.
# By a path file and not by PYTHONPATH: the children that open files from outside start isolated (python -I).
RUN mkdir service && touch service/__init__.py \
 && pip install --no-cache-dir --constraint requirements.lock . \
 && pip uninstall --yes gongdi \
 && echo /app > "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/gongdi.pth"

FROM python:3.11-slim-bookworm AS runtime
# bubblewrap shuts the process that opens uploaded files off from the network.
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin gongdi \
 && install -d -o gongdi -g gongdi /data
COPY --from=python /opt/gongdi /opt/gongdi
WORKDIR /app
COPY service/ service/
COPY migrations/ migrations/
COPY gis_data/ gis_data/
COPY --from=web /build/web/dist web/dist
ENV PATH=/opt/gongdi/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 GONGDI_HOME=/data GONGDI_HOST=0.0.0.0
USER 10001
EXPOSE 8000
VOLUME /data
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["python", "-m", "service.cli"]
CMD ["serve", "--no-worker"]
