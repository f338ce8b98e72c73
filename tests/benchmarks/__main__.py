"""`python -m tests.benchmarks`: list the benchmarks, each with the first line of its docstring."""

from __future__ import annotations

import ast
from pathlib import Path

NOT_BENCHMARKS = {
    "__init__",
    "__main__",
    "generate",
    "operation_list",
    "protocol",
    "repeated",
    "report",
    "serving",
}


def main() -> None:
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in NOT_BENCHMARKS and not path.stem.startswith("test_"):
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            print(f"{path.stem:20} {docstring.partition(chr(10))[0]}".rstrip())


if __name__ == "__main__":
    main()
