"""HTTP load with wrk, several targets in the same run: rounds interleaved (A B C A B C …), so that ratios hold."""

import json
import re
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

SCRIPT = """
local lines, i = {}, 0
for line in io.lines('@FILE@') do lines[#lines + 1] = line end
function init(args)
  for n, line in ipairs(lines) do
    local path, tag, body = line:match('^([^\\t]*)\\t([^\\t]*)\\t(.*)$')
    local headers = {@HEADERS@}
    if tag ~= '' then headers['If-None-Match'] = tag end
    if body ~= '' then headers['Content-Type'] = 'application/json' end
    lines[n] = wrk.format(body ~= '' and 'POST' or 'GET', path, headers, body ~= '' and body or nil)
  end
end
function request() i = i % #lines + 1; return lines[i] end
function done(s, l)
  io.write(string.format('RESULT {"n":%d,"us":%d,"bad":%d,"p50":%.3f,"p95":%.3f,"p99":%.3f}\\n', s.requests, s.duration,
    s.errors.status + s.errors.connect + s.errors.read + s.errors.write + s.errors.timeout,
    l:percentile(50) / 1e3, l:percentile(95) / 1e3, l:percentile(99) / 1e3))
end
"""


@dataclass
class Target:
    """One thing to load: the server's address, the requests as (path, ETag or '', JSON body or '').

    `processes` are those whose time on the processors is noted: the service's, the database's.
    """

    base: str
    requests: Sequence[tuple[str, str, str]]
    headers: Mapping[str, str]
    processes: Sequence[int]
    runs: list[dict[str, float]] = field(default_factory=list)

    @property
    def milliseconds(self) -> list[float]:
        """Time on the processors a request, ms, by process: median of the rounds."""
        return [self.middle(f"ms_{pid}") for pid in self.processes]

    @property
    def rate(self) -> float:
        """Requests a second, median of the rounds."""
        return statistics.median(run["n"] / run["us"] * 1e6 for run in self.runs)

    def middle(self, key: str) -> float:
        """A figure's median of the rounds."""
        return statistics.median(run[key] for run in self.runs)


def run(targets: Sequence[Target], *, connections: int, seconds: int, rounds: int) -> None:
    """Load each target in turn, `rounds` times over; loopback only."""
    with tempfile.TemporaryDirectory() as folder:
        scripts = [_script(target, Path(folder) / str(n)) for n, target in enumerate(targets)]
        for _ in range(rounds):
            for target, script in zip(targets, scripts, strict=True):
                target.runs.append(_once(target, script, connections, seconds))


def _script(target: Target, stem: Path) -> Path:
    assert target.base.startswith("http://127.0.0.1:")
    lines = stem.with_suffix(".txt")
    lines.write_text("".join("\t".join(request) + "\n" for request in target.requests))
    headers = ", ".join(f"[{json.dumps(name)}]={json.dumps(value)}" for name, value in target.headers.items())
    script = stem.with_suffix(".lua")
    script.write_text(SCRIPT.replace("@FILE@", str(lines)).replace("@HEADERS@", headers))
    return script


def _once(target: Target, script: Path, connections: int, seconds: int) -> dict[str, float]:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=60s", "-s", str(script), target.base]
    before = [processor_ms(pid) for pid in target.processes]
    printed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 120)
    found = re.search(r"RESULT (.*)", printed.stdout)
    assert found, printed.stdout + printed.stderr
    result: dict[str, float] = json.loads(found[1])
    for pid, was in zip(target.processes, before, strict=True):
        result[f"ms_{pid}"] = (processor_ms(pid) - was) / max(result["n"], 1)
    return result


def processor_ms(pid: int) -> float:
    """Time on the processors of a process and its living children so far, ms."""
    root = psutil.Process(pid)
    return float(sum(sum(each.cpu_times()[:2]) for each in (root, *root.children(recursive=True)))) * 1000


def memory_mib(pid: int) -> float:
    """Resident memory of a process and its children, MiB."""
    root = psutil.Process(pid)
    return float(sum(each.memory_info().rss for each in (root, *root.children(recursive=True)))) / 2**20
