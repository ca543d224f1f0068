"""Lengths of files, functions and lines."""

import ast

from source_tree import all_files, cpp_files, functions, read

FILE_LINES = 400
TEST_FILE_LINES = 600
FUNCTION_LINES = 70
LINE_COLUMNS = 110

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
