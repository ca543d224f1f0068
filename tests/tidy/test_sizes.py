"""Lengths of files, functions and lines."""

import ast
import re
from collections import Counter
from pathlib import Path

from source_tree import all_files, class_bodies, cpp_files, functions, read, room_of, without_comments

FILE_LINES = 400
TEST_FILE_LINES = 600
FUNCTION_LINES = 70
LINE_COLUMNS = 110
CLASS_LINES = 400

# Of "Result<int> Outer::Inner::f(int a)" the outermost class.
MEMBER = re.compile(r"^[^(=]*?\b(?:demo::)?([A-Z]\w*)::(?:\w+::)*~?\w+(?: ?\S{1,2})?\(")

CODE_SUFFIXES = {".h", ".cc", ".proto", ".py", ".sh", ".cmake", ".toml"}


def code_files():
    return [path for path in all_files() if path.suffix in CODE_SUFFIXES or is_script(path)]


def is_script(path):
    if path.suffix or path.name.startswith("."):
        return False
    try:
        return read(path).startswith("#!")
    except UnicodeDecodeError:
        return False


def test_files_are_short():
    wrong = []
    for path in code_files():
        limit = TEST_FILE_LINES if path.parts[0] == "tests" else FILE_LINES
        lines = read(path).count("\n")
        if lines > limit:
            wrong.append(f"{path}: {lines} lines, the limit is {limit}")
    assert not wrong, "\n".join(wrong)


def test_lines_are_short():
    wrong = [
        f"{path}:{number}: {len(line)} columns"
        for path in code_files()
        for number, line in enumerate(read(path).splitlines(), 1)
        if len(line) > LINE_COLUMNS and "http://" not in line and "https://" not in line
    ]
    assert not wrong, "\n".join(wrong)


def test_functions_are_short():
    wrong = [
        f"{path}:{first}: {last - first + 1} lines: {heading[-60:]}"
        for path in cpp_files()
        for first, last, heading in functions(read(path))
        if last - first + 1 > FUNCTION_LINES
    ]
    for path in all_files():
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(read(path))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    wrong.append(f"{path}:{node.lineno}: {lines} lines: {node.name}")
    assert not wrong, "\n".join(wrong)


def test_the_reader_of_functions_finds_them():
    text = "namespace a {\nclass B {\n  int c() const {\n    if (d) {\n    }\n    return 1;\n  }\n};\n}\n"
    assert [(first, last) for first, last, _ in functions(text)] == [(3, 7)]


def class_sizes(texts):
    """(room, class) to its lines of code, of the given files."""
    sizes = Counter()
    for path, text in texts.items():
        code = without_comments(text, keep_strings=True).splitlines()

        def lines_of_code(first, last, code=code):
            return sum(1 for line in code[first - 1 : last] if line.strip())

        for first, last, name in class_bodies(text):
            sizes[room_of(path), name] += lines_of_code(first, last)
        for first, last, heading in functions(text):
            if member := MEMBER.match(heading):
                sizes[room_of(path), member.group(1)] += lines_of_code(first, last)
    return dict(sizes)


def test_classes_are_short():
    """A class over several files is one: its declaration and its members' definitions, without comments."""
    sizes = class_sizes({path: read(path) for path in cpp_files("daemon", "ctl", "proto", "start")})
    wrong = [
        f"{room}: {name}: {lines} lines of code, the limit is {CLASS_LINES}"
        for (room, name), lines in sizes.items()
        if lines > CLASS_LINES
    ]
    assert not wrong, "\n".join(wrong)


def test_the_reader_of_classes_adds_up_what_is_of_one():
    header = "class Outer {\n  // why\n  int a();\n\n  class Inner {\n    int c();\n  };\n};\nstruct B;\n"
    source = "int Outer::a() {\n  // why\n  return 1;\n}\nint Outer::Inner::c() { return 2; }\nint f() {}\n"
    sizes = class_sizes({Path("daemon/net/outer.h"): header, Path("daemon/net/inner.cc"): source})
    assert sizes == {("net", "Outer"): 6 + 3 + 1}
