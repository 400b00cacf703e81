"""A client of a console socket (backend/base/frame.h) for the tests.

    console_client.py SOCKET cycles LOG N      attach and detach N times under load; every byte seen
                                               must be a piece of what the log holds, without a gap
    console_client.py SOCKET echo TEXT         type TEXT and wait until it comes back
    console_client.py SOCKET stall LOG BYTES   attach and never read until the log has grown by so many bytes
    console_client.py SOCKET until TEXT        attach as a reader and wait for TEXT; prints the notices
"""
import json
import os
import re
import select
import socket
import sys
import time

LIMIT = 60


class Console:
    def __init__(self, path, **options):
        where = os.getcwd()
        os.chdir(os.path.dirname(path))
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(LIMIT)
        self.socket.connect(os.path.basename(path))
        os.chdir(where)
        self.pending = b""
        self.notices = []
        self.send_json({"open": {"mode": "read", "client": "test", **options}})

    def send(self, kind, payload):
        self.socket.sendall(kind + len(payload).to_bytes(3, "big") + payload)

    def send_json(self, value):
        self.send(b"J", json.dumps(value).encode())

    def frame(self):
        """The next frame: ("D", bytes) or ("J", object)."""
        while True:
            if len(self.pending) >= 4:
                n = int.from_bytes(self.pending[1:4], "big")
                if len(self.pending) >= 4 + n:
                    kind, payload = self.pending[:1], self.pending[4:4 + n]
                    self.pending = self.pending[4 + n:]
                    if kind == b"D":
                        return "D", payload
                    value = json.loads(payload)
                    self.notices.append(value)
                    return "J", value
            more = self.socket.recv(65536)
            if not more:
                sys.exit(f"the supervisor closed the console: {self.notices}")
            self.pending += more

    def until(self, done):
        """Console bytes until done(bytes, notices)."""
        data = b""
        while not done(data, self.notices):
            kind, value = self.frame()
            if kind == "D":
                data += value
        return data

    def close(self):
        self.socket.close()


def live(notices):
    return any("live" in n for n in notices)


def cycles(path, log, n):
    """The guest prints numbered lines without end, so a piece is right exactly when its lines follow each other."""
    pieces = []
    for i in range(n):
        c = Console(path, replay=bool(i % 2))
        # live, and a little of it: at changing distances
        data = c.until(lambda d, notes: live(notes) and len(d) > i % 97)
        opened = next(x["opened"] for x in c.notices if "opened" in x)
        if any("dropped" in x for x in c.notices):
            sys.exit(f"cycle {i}: bytes were dropped")
        if len(data) < opened["replay"]:
            sys.exit(f"cycle {i}: less than the replay")
        pieces.append(data)
        c.close()
    for i, data in enumerate(pieces):
        numbers = [int(x, 16) for x in re.findall(rb"(?<=\n)[0-9a-f]{8}(?=\n)", data)]
        if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            sys.exit(f"cycle {i}: lines lost or doubled")
    # and literally: what was seen last is in the log, which is written first
    with open(log, "rb") as f:
        text = f.read()
    at = 0
    for i, data in enumerate(pieces):
        found = text.find(data, 0 if i % 2 else at)
        if found < 0:
            sys.exit(f"cycle {i}: {len(data)} bytes that are not in the log")
        at = max(at, found)
    print(f"{n} cycles, {sum(map(len, pieces))} bytes, all in the log of {len(text)}")


def echo(path, text):
    c = Console(path, mode="write", replay=False)
    c.until(lambda d, notes: live(notes))
    c.send(b"D", text.encode())
    c.until(lambda d, notes: text.encode() in d)
    print("echoed")


def stall(path, log, wanted):
    c = Console(path, replay=True)
    before, end = os.path.getsize(log), time.monotonic() + LIMIT
    while os.path.getsize(log) < before + wanted:
        if time.monotonic() > end:
            raise SystemExit(f"the log grew by {os.path.getsize(log) - before} bytes only")
        select.select([], [], [], 0.05)
    c.close()


def until(path, text):
    c = Console(path)
    c.until(lambda d, notes: text.encode() in d or text in json.dumps(notes))
    print(json.dumps(c.notices))


if __name__ == "__main__":
    path, what, *rest = sys.argv[1:]
    start = time.monotonic()
    if what == "cycles":
        cycles(path, rest[0], int(rest[1]))
    elif what == "echo":
        echo(path, rest[0])
    elif what == "stall":
        stall(path, rest[0], int(rest[1]))
    elif what == "until":
        until(path, rest[0])
