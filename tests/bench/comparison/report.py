"""What was found, as ratios: absolute times say something of the machine alone, so none is ever told."""

import platform
import statistics

from comparison.contenders import demo_server, floor


def ratios(found, other):
    """By contender: of its CPU time and that of another one, the median of the rounds and its bounds."""
    result = {}
    for name, measured in found.items():
        pairs = zip(measured.cpu_ns, found[other].cpu_ns)
        rounds = [own / its for own, its in pairs if own is not None and its is not None]
        if rounds:
            result[name] = {
                "median": round(statistics.median(rounds), 3),
                "low": round(min(rounds), 3),
                "high": round(max(rounds), 3),
            }
    return result


class Report:
    def __init__(self, contenders, left_out, effort):
        self._versions = {contender.name: contender.version() for contender in contenders}
        self._left_out = left_out
        self._effort = effort
        self._workloads = {}

    def add(self, workload, found):
        entry = {"summary": workload.summary, "over_floor": ratios(found, floor.NAME)}
        if demo_server.NAME in found:
            entry["over_demo_server"] = ratios(found, demo_server.NAME)
        entry["errors"] = {name: measured.errors for name, measured in found.items() if measured.errors}
        self._workloads[workload.name] = entry

    def complete(self):
        """Whether all that took part answered everything, without an error."""
        return not any(entry["errors"] for entry in self._workloads.values())

    def text(self, workload):
        entry = self._workloads[workload.name]
        lines = [f"{workload.name}: {workload.summary}"]
        over_floor = entry["over_floor"]
        over_demo_server = entry.get("over_demo_server", {})
        width = max((len(name) for name in over_floor), default=0)
        if over_floor:
            lines.append(f"  {'':{width}s}  x floor  (low to high)    x {demo_server.NAME}")
        for name, ratio in sorted(over_floor.items(), key=lambda row: row[1]["median"]):
            bounds = f"({ratio['low']:.2f} to {ratio['high']:.2f})"
            line = f"  {name:{width}s}  {ratio['median']:7.2f}  {bounds}"
            if name in over_demo_server:
                line = f"{line:{width + 30}s}{over_demo_server[name]['median']:7.2f}"
            lines.append(line)
        for name, errors in entry["errors"].items():
            lines += [f"  {name}: {error}" for error in errors]
        return "\n".join(lines)

    def as_json(self):
        return {
            "unit": "multiples of the CPU time that a request takes the process tree: median of the rounds",
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            "rounds": self._effort.rounds,
            "seconds": self._effort.seconds,
            "versions": self._versions,
            "left_out": self._left_out,
            "workloads": self._workloads,
        }
