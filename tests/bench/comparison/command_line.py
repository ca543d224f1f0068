"""The command: reads its arguments, measures, prints, and says by its exit status whether all went well."""

import argparse
import json
import resource
import shutil
import sys
from pathlib import Path

from comparison.contenders.demo_server import NAME as DEMO_SERVER
from comparison.contenders.demo_server import DemoServer
from comparison.contenders.floor import Floor
from comparison.contenders.h2o import H2o
from comparison.contenders.haproxy import Haproxy
from comparison.contenders.nginx import Nginx
from comparison.floor_programs import FloorPrograms
from comparison.measuring import Effort, Measurement, new_folder
from comparison.place import Cores, Ports
from comparison.report import Report
from comparison.workload import WORKLOADS, chosen

BUILT = Path(__file__).resolve().parents[3] / "build/release/daemon/demo-server"

DESCRIPTION = """\
CPU time that a request costs demo-server, its peers and a plain floor, in one run and as ratios.

The floor makes the system calls of a request and nothing else; see tests/bench/floor. Every contender has one
worker, pinned to a core; the load (wrk) and the backends have another. Contenders take turns within a round.
What counts is CPU time of the contender's whole process tree, kernel work included, for each request that was
answered: it does not depend on who of contender and load was the slower one. Absolute times are not told.
"""
EXAMPLES = r"""workloads:
{workloads}

examples:
  packaging/install-dependencies bench          # the peers: nginx, HAProxy, h2o
  cmake --preset release && cmake --build build/release
  tests/bench/compare                           # everything, for a quarter of an hour
  tests/bench/compare --workloads keepalive,proxy-keepalive --rounds 5
  tests/bench/compare --workloads backends --backends 10,1000 --policy random-two-choices
  tests/bench/compare --contenders demo-server,before \
      --server build/release/daemon/demo-server --server before=/tmp/before/demo-server
  tests/bench/compare --json report.json

Exit status 1 when a contender did not start, answered nothing or answered with errors; 2 for wrong arguments.
A peer that is not installed is left out, and named.
"""


def listed(text):
    return [word for word in text.split(",") if word]


def counts(text):
    return [int(word) for word in listed(text)]


def parser():
    workloads = "\n".join(f"  {workload.name:18s}{workload.summary}" for workload in WORKLOADS)
    arguments = argparse.ArgumentParser(
        prog="tests/bench/compare",
        description=DESCRIPTION,
        epilog=EXAMPLES.format(workloads=workloads),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = arguments.add_argument
    everything = [workload.name for workload in WORKLOADS]
    add("--workloads", type=listed, default=everything, metavar="W,...", help="those alone")
    add("--contenders", type=listed, metavar="C,...", help="those alone; the floor takes part always")
    add(
        "--server",
        action="append",
        metavar="[NAME=]PATH",
        help=f"a demo-server; one without a name is {DEMO_SERVER} (default: that of build/release)",
    )
    add(
        "--policy",
        default="round-robin",
        help="of demo-server (round-robin); with random-two-choices the floor takes any backend, too",
    )
    add(
        "--backends",
        type=counts,
        default=[10, 1000],
        metavar="N,...",
        help="how many backends the workload of that name has (default: 10,1000)",
    )
    add("--rounds", type=int, default=3, help="turns of each contender (default: 3)")
    add("--seconds", type=int, default=3, help="of load in a turn (default: 3)")
    add("--warm-up", type=int, default=1, metavar="SECONDS", help="of load before it (default: 1)")
    add(
        "--cores",
        type=counts,
        metavar="A,B",
        help="of the contenders, and of the load with the backends (default: the first, the last)",
    )
    add("--json", metavar="FILE", help="writes the report there too")
    return arguments


def servers(texts, policy):
    """The demo-servers that --server names."""
    found = []
    for text in texts or [str(BUILT)]:
        name, equals, path = text.partition("=")
        found.append(DemoServer(path, policy, name) if equals else DemoServer(text, policy))
    return found


def takes_part(contender, names):
    return not names or contender.name in names or contender.name.split()[0] in names


def main():
    arguments = parser()
    args = arguments.parse_args()
    try:
        workloads = chosen(args.workloads, args.backends)
    except ValueError as error:
        arguments.error(str(error))
    if args.rounds < 1 or args.seconds < 1 or args.warm_up < 0 or min(args.backends, default=0) < 1:
        arguments.error("rounds, seconds and backends are numbers from 1 on")
    if args.cores and len(args.cores) != 2:
        arguments.error("--cores needs two numbers")
    if not shutil.which("wrk"):
        print("compare: the load generator wrk is not installed", file=sys.stderr)
        return 1
    own = servers(args.server, args.policy)
    if len({contender.name for contender in own}) < len(own):
        arguments.error("two of --server have the same name")
    peers = [Nginx(), Nginx(buffering=False), Haproxy(), H2o()]
    known = {contender.name for contender in own + peers} | {Floor.name}
    if set(args.contenders or ()) - known:
        arguments.error("--contenders: there are " + ", ".join(sorted(known)))
    # Thousands of backends take as many descriptors.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    candidates = [contender for contender in own + peers if takes_part(contender, args.contenders)]
    return compare(candidates, workloads, args)


def compare(candidates, workloads, args):
    cores = Cores(*args.cores) if args.cores else Cores.of_this_machine()
    if cores.shared:
        print("compare: contenders and load share the only core", file=sys.stderr)
    left_out = {contender.name: contender.missing() for contender in candidates if contender.missing()}
    for name, reason in left_out.items():
        print(f"{name} is left out: {reason}")
    effort = Effort(args.rounds, args.seconds, args.warm_up)
    with new_folder() as folder:
        programs = FloorPrograms(folder)
        floor = Floor(programs, at_random=args.policy == "random-two-choices")
        taking_part = [floor] + [one for one in candidates if one.name not in left_out]
        report = Report(taking_part, left_out, effort)
        ports = Ports()
        for workload in workloads:
            able = [contender for contender in taking_part if contender.does(workload)]
            report.add(workload, Measurement(workload, able, programs, cores, ports).run(effort))
            print(f"\n{report.text(workload)}", flush=True)
    if args.json:
        Path(args.json).write_text(json.dumps(report.as_json(), indent=2) + "\n", encoding="utf-8")
    # The own program that is not there is a mistake; a peer that is not there is none.
    missing = [contender.name for contender in candidates if isinstance(contender, DemoServer)]
    return 0 if report.complete() and not set(missing) & set(left_out) else 1
