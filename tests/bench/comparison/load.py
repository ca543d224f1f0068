"""The load: wrk with one thread, on a core that the contender does not have."""

import re
import subprocess
from dataclasses import dataclass

from comparison.program import ProgramError

# What a browser sends along: a head of some size, as where pipelining is measured elsewhere.
BROWSER_ACCEPT = (
    "Accept: text/plain,text/html;q=0.9,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.7"
)
PIPELINE_SCRIPT = """
init = function(args)
  local requests = {}
  for i = 1, %d do requests[i] = wrk.format(nil, wrk.path) end
  batch = table.concat(requests)
end
request = function() return batch end
"""


@dataclass(frozen=True)
class Outcome:
    requests: int  # that were answered
    errors: str  # what went wrong, in wrk's words; "" when nothing did


def run(url, workload, seconds, core, folder):
    """Loads url for so many whole seconds."""
    command = ["taskset", "-c", str(core), "wrk", "-t1", f"-c{workload.connections}", f"-d{seconds}s"]
    if workload.closing:
        command += ["-H", "Connection: close"]
    if workload.pipelined > 1:
        script = folder / "pipeline.lua"
        script.write_text(PIPELINE_SCRIPT % workload.pipelined, encoding="ascii")
        command += ["-s", str(script), "-H", BROWSER_ACCEPT]
    result = subprocess.run([*command, url], capture_output=True, text=True, check=False)
    answered = re.search(r"(\d+) requests in", result.stdout)
    if result.returncode != 0 or answered is None:
        raise ProgramError(f"wrk ended with {result.returncode}: {(result.stdout + result.stderr).strip()}")
    errors = re.findall(r"Non-2xx.*|Socket errors.*", result.stdout)
    return Outcome(int(answered.group(1)), "; ".join(error.strip() for error in errors))
