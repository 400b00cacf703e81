"""terminal: a program in a pseudo-terminal, and when it wrote what."""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time


class Terminal:
    def __init__(self, argv, environment, columns=80, rows=24):
        self.data = b""
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execve(argv[0], argv, environment)

    def read(self, timeout):
        """Bytes that came within the time; b"" when none did."""
        if not select.select([self.fd], [], [], timeout)[0]:
            return b""
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        self.data += data
        return data

    def until(self, wanted, limit=20):
        """Seconds from the start until the bytes wanted have been written."""
        while wanted not in self.data:
            if not self.read(limit):
                raise SystemExit(f"the interface never wrote {wanted!r}; it wrote: {self.data[-500:]!r}")
        return time.monotonic() - self.started

    def settle(self, quiet=0.3):
        """Read until nothing has come for a while."""
        while self.read(quiet):
            pass

    def key(self, key, limit=2):
        """Seconds from a key to the first byte that answers it, None when none does."""
        start = time.monotonic()
        os.write(self.fd, key)
        answered = self.read(limit)
        took = time.monotonic() - start
        self.settle(0.02)
        return took if answered else None

    def idle(self, seconds):
        """Bytes written while nobody does anything."""
        end = time.monotonic() + seconds
        count = 0
        while (left := end - time.monotonic()) > 0:
            count += len(self.read(left))
        return count

    def close(self):
        os.kill(self.pid, signal.SIGTERM)
        end = time.monotonic() + 5
        while time.monotonic() < end:
            self.read(0.02)
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                break
        else:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
