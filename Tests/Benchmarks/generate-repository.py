#!/usr/bin/env python3
"""Writes a git repository for the benchmarks of packing, the same on every machine.

usage: generate-repository.py create DIR    a bundle of 20,000 text files, 200 MB, and 64 MB that do not compress
       generate-repository.py change DIR    one more commit, which changes 1 % of the text files, in ten folders
       generate-repository.py spread DIR    one more commit, which changes 1 % of the text files, all over

SHEAF_BENCH_FILES sets the number of text files; their sizes and the rest follow.
"""

import itertools
import os
import random
import subprocess
import sys

FILES = int(os.environ.get("SHEAF_BENCH_FILES", "20000"))
MEAN_BYTES = 10_000
NOISE_FILES = max(FILES // 312, 1)
NOISE_BYTES = 1_000_000

BUNDLE = b"""name: heap
version: v1beta
type: bundle
description: Many files.
bundle:
  workspaces:
    - name: heap
      layer: user
  resources:
    - id: token
      workspace: heap
      spec:
        name: token
        version: v1
        type: secret
        description: A token.
        secret:
          type: key-value
          acl: r
          data:
            TOKEN: "value"
"""


def vocabulary(source):
    """Words with the frequencies of natural language (Zipf's law)."""
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    words = []
    for _ in range(6000):
        length = 2 + int(source.expovariate(0.25))
        words.append("".join(letters[min(int(source.expovariate(0.15)), 25)] for _ in range(length)))
    return words, list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))


def text(source, words, weights, size):
    """Lines of words, of numbers and of names, as in queries and tables."""
    chosen = source.choices(words, cum_weights=weights, k=size // 7)
    lines = []
    for start in range(0, len(chosen), 11):
        line = chosen[start : start + 11]
        line.append(str(source.getrandbits(20)))
        lines.append(" ".join(line))
    return ("\n".join(lines) + "\n").encode()


def path(number):
    """In the order of the numbers, as `git gc` stores the files of a commit."""
    return f"data/{number // 500:02}/{number // 20 % 25:02}/table-{number:05}.sql"


class Import:
    """A stream for `git fast-import`."""

    def __init__(self, folder, message, time, parent=None):
        self.process = subprocess.Popen(
            ["git", "-C", folder, "fast-import", "--quiet", "--force"], stdin=subprocess.PIPE
        )
        who = f"Bench <bench@example.org> {time} +0000"
        self.write(f"commit refs/heads/main\nauthor {who}\ncommitter {who}\ndata {len(message)}\n{message}\n".encode())
        if parent:
            self.write(f"from {parent}\n".encode())

    def write(self, data):
        self.process.stdin.write(data)

    def file(self, name, content):
        self.write(f"M 100644 inline {name}\ndata {len(content)}\n".encode())
        self.write(content)
        self.write(b"\n")

    def finish(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            sys.exit("generate-repository: git fast-import failed")


def create(folder):
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", folder], check=True)
    source = random.Random(1)
    words, weights = vocabulary(source)
    commit = Import(folder, "Add the files", 1_700_000_000)
    commit.file("bundle.yaml", BUNDLE)
    for number in range(FILES):
        size = min(int(source.expovariate(1 / MEAN_BYTES)) + 200, 400_000)
        commit.file(path(number), text(source, words, weights, size))
    for number in range(NOISE_FILES):
        commit.file(f"noise/{number:03}.bin", source.randbytes(NOISE_BYTES))
    commit.finish()


def change(folder, numbers):
    source = random.Random(2)
    words, weights = vocabulary(random.Random(1))
    head = subprocess.run(
        ["git", "-C", folder, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
    commit = Import(folder, "Change some files", 1_700_000_100, parent=head)
    for number in numbers:
        size = min(int(source.expovariate(1 / MEAN_BYTES)) + 200, 400_000)
        commit.file(path(number), text(source, words, weights, size))
    commit.finish()


def in_folders(folder):
    """Whole folders of 20 files each, as when people work on some parts of a product."""
    count = max(FILES // 2000, 1)
    chosen = random.Random(3).sample(range(max(FILES // 20, 1)), count)
    change(folder, [number for start in sorted(chosen) for number in range(start * 20, min(start * 20 + 20, FILES))])


def all_over(folder):
    """Single files, so that nearly every frame that could stay the same holds a changed one."""
    change(folder, sorted(random.Random(4).sample(range(FILES), max(FILES // 100, 1))))


if __name__ == "__main__":
    commands = {"create": create, "change": in_folders, "spread": all_over}
    if len(sys.argv) != 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](sys.argv[2])
