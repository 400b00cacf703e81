#!/usr/bin/env python3
"""vga_text stop|cont MONITOR: stop the guest behind a QMP socket, or let it run.
vga_text compare MONITOR READ: how much of a text read off its screen is right.

READ is the text; the truth is in the VGA's text memory (0xb8000): a byte of
character, a byte of attribute. Prints the first differing cells and the share of
right characters in per cent; ends with 1 below 99.5 %.

A cell of one colour shows no character: what is blank in the font, and the
full block, count as a space.
"""
import json
import os
import socket
import sys
import tempfile

LOW = " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"
CP437 = LOW + bytes(range(32, 127)).decode() + "⌂" + bytes(range(128, 256)).decode("cp437")
COLUMNS = 80
SIZE = 2 * 80 * 25


def execute(path, command, **arguments):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        lines = s.makefile("rw")
        lines.readline()
        for request in ({"execute": "qmp_capabilities"},
                        {"execute": command, "arguments": arguments}):
            lines.write(json.dumps(request) + "\n")
            lines.flush()
            while True:
                answer = json.loads(lines.readline())
                if "error" in answer:
                    raise SystemExit(answer["error"]["desc"])
                if "return" in answer:
                    break


def video_memory(monitor):
    with tempfile.TemporaryDirectory(dir=os.path.dirname(monitor)) as directory:
        path = directory + "/memory"
        execute(monitor, "pmemsave", val=0xb8000, size=SIZE, filename=path)
        return open(path, "rb").read()


def meant(memory):
    chars = [CP437[c] for c in memory[0::2]]
    chars = [" " if c in "\u00a0█" else c for c in chars]
    return ["".join(chars[i:i + COLUMNS]) for i in range(0, len(chars), COLUMNS)]


def compare(monitor, path):
    read = open(path, encoding="utf-8").read().split("\n")
    right = total = 0
    for row, want in enumerate(meant(video_memory(monitor))):
        got = (read[row] if row < len(read) else "").ljust(COLUMNS)
        for column in range(COLUMNS):
            if want[column] == " " and got[column] == " ":
                continue
            total += 1
            right += want[column] == got[column]
            if want[column] != got[column] and total - right < 20:
                print(f"row {row}, column {column}: "
                      f"{got[column]!r} was read, {want[column]!r} is there")
    print(f"{100 * right / max(total, 1):.2f} % of {total} characters")
    # Fewer prove nothing.
    return total >= 20 and right >= 0.995 * total


if sys.argv[1] == "compare":
    sys.exit(not compare(sys.argv[2], sys.argv[3]))
execute(sys.argv[2], sys.argv[1])
