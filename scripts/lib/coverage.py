"""Reads coverage in LCOV's form from standard input and prints how many lines of one directory are run.

usage: coverage.py DIRECTORY PERCENT [--lines]

Tests inside the sources do not count, neither as lines nor as run: what stands from the `#[cfg(test)]` on that begins a
line before a `mod`, and whole files that are included so. Ends with status 1 if less than PERCENT of the lines are run.
"""

import pathlib
import re
import sys

TEST_MODULE = re.compile(r"^#\[cfg\(test\)\]\nmod (\w+)(;| \{)", re.MULTILINE)


def sources(directory):
    """Each file with the number of the line at which its tests begin; without the files that are only tests."""
    files = {}
    tests = set()
    for path in directory.rglob("*.rs"):
        text = path.read_text()
        found = TEST_MODULE.search(text)
        files[path] = text.count("\n", 0, found.start()) + 1 if found else sys.maxsize
        for module in TEST_MODULE.finditer(text):
            if module[2] == ";":
                folder = path.parent if path.stem in ("lib", "mod") else path.with_suffix("")
                tests.add(folder / f"{module[1]}.rs")
    return {path: end for path, end in files.items() if path not in tests}


def runs(lines, files):
    """For each file, how often each line was run."""
    found = {path: {} for path in files}
    current, end = None, 0
    for line in lines:
        kind, _, rest = line.strip().partition(":")
        if kind == "SF":
            path = pathlib.Path(rest).resolve()
            current, end = found.get(path), files.get(path, 0)
        elif kind == "DA" and current is not None:
            number, count = (int(part) for part in rest.split(",")[:2])
            if number < end:
                current[number] = max(current.get(number, 0), count)
    return found


def ranges(numbers):
    """`1-3 5`"""
    spans = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)


def main():
    directory, wanted = pathlib.Path(sys.argv[1]).resolve(), float(sys.argv[2])
    show_lines = "--lines" in sys.argv[3:]
    total = run = 0
    for path, counts in sorted(runs(sys.stdin, sources(directory)).items()):
        if not counts:
            continue
        missed = [number for number, count in counts.items() if count == 0]
        total += len(counts)
        run += len(counts) - len(missed)
        percent = 100 * (1 - len(missed) / len(counts))
        print(f"{percent:6.2f} %  {len(counts) - len(missed):5} of {len(counts):5}  {path.relative_to(directory)}")
        if show_lines and missed:
            print(f"          not run: {ranges(missed)}")
    if total == 0:
        sys.exit(f"nothing was measured in {directory}")
    percent = 100 * run / total
    print(f"{percent:6.2f} %  {run:5} of {total:5}  lines of {directory.parent.name}/{directory.name}")
    if percent < wanted:
        sys.exit(f"less than {wanted:g} %")


if __name__ == "__main__":
    main()
