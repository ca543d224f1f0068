"""A made-up option of listeners and a made-up counter: each said where ARCHITECTURE.md sends who adds one."""

from typing import NamedTuple

OPTION_DEFAULT, OPTION_MOST = 7, 64
OPTION_HELP = "how deep listeners of a made-up kind are"
FIGURE_TEXT = "Connections counted once more."
COLUMN_MEANING = "connections counted once more, since the start"


class Edit(NamedTuple):
    """Lines that come after the one line of a file that has the anchor in it."""

    file: str
    anchor: str
    lines: str


OPTION = (
    Edit(
        "daemon/config/listener.h",
        "  bool accept_proxy_protocol = false;",
        f"  int made_up_depth = {OPTION_DEFAULT};\n",
    ),
    Edit(
        "daemon/config/listener.h",
        '  visit("accept_proxy_protocol", listener.accept_proxy_protocol);',
        f'  visit("made_up_depth", listener.made_up_depth, number_from(1, {OPTION_MOST}));\n',
    ),
    Edit(
        "proto/demo/control/v1/config.proto",
        "  KernelOptions kernel = 6;",
        f"  // How deep it is, 1 to {OPTION_MOST}.\n"
        "  optional int32 made_up_depth = 1000\n"
        f'      [(setting) = {{option: "--made-up-depth" help: "{OPTION_HELP}" '
        f'default: "{OPTION_DEFAULT}" range: "1 to {OPTION_MOST}"}}];\n',
    ),
    Edit(
        "packaging/demo-server.toml",
        "#accept_proxy_protocol = false",
        f"# How deep it is.\n#made_up_depth = {OPTION_DEFAULT}\n",
    ),
)
COUNTER = (
    Edit("daemon/stats/listener_figures.h", "  Number loops{};", "  Number made_up{};\n"),
    Edit(
        "daemon/stats/listener_figures.h",
        "return std::to_array<Figure<Numbers>>({",
        f'      {{"made_up", &Numbers::made_up, FigureKind::kCounter, "{FIGURE_TEXT}"}},\n',
    ),
    Edit(
        "proto/demo/control/v1/stats.proto",
        "message ListenerFigures {",
        f"  // {FIGURE_TEXT}\n  optional uint64 made_up = 1000;\n",
    ),
    Edit(
        "daemon/net/listener_handle.h",
        "    stats.connections_accepted.add();",
        "    stats.made_up.add();\n",
    ),
)
# A counter is in JSON by itself; in tables are those that people are to see.
SHOWN = (
    Edit(
        "ctl/figures/listener_columns.cc",
        '{"out", "out/s"',
        '      {"made-up", "made-up", {9, kLeftOut, kLeftOut}, Unit::kNumber, &F::made_up, {}},\n',
    ),
    Edit(
        "ctl/format/column_meaning.cc",
        '    {"listener", "address of a listener"},',
        f'    {{"made-up", "{COLUMN_MEANING}"}},\n',
    ),
)


def apply(root):
    """Makes the edits in a copy of the source tree. Fails where an anchor stands not once."""
    for edit in (*OPTION, *COUNTER, *SHOWN):
        path = root / edit.file
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [number for number, line in enumerate(lines) if edit.anchor in line]
        assert len(places) == 1, (edit, places)
        lines.insert(places[0] + 1, edit.lines)
        path.write_text("".join(lines), encoding="utf-8")


def product_files(edits):
    return {edit.file for edit in edits}
