"""world: a private place for virtty to work in, and guests to fill it with."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
VIRTTY = PROJECT / "build" / "virtty"

XML = """<domain type='qemu'>
  <name>{name}</name>
  <title>{title}</title>
  <memory unit='MiB'>{memory}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
  </os>
  <features>
    <acpi/>
  </features>
  <devices>
    <serial type='pty'/>
  </devices>
</domain>
"""


class World:
    """XDG directories of one's own; everything in it ends with it."""

    def __init__(self):
        self.root = Path(tempfile.mkdtemp(prefix="virtty-bench."))
        self.environment = dict(os.environ, HOME=str(self.root), LC_ALL="C.UTF-8",
                                TERM="xterm-256color", VIRTTY_DEFAULT_URI="qmp:///session",
                                VIRTTY_WORLD=str(self.root))
        for kind in "CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR":
            place = self.root / kind.lower()
            place.mkdir(mode=0o700)
            self.environment[f"XDG_{kind}"] = str(place)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        end = time.monotonic() + 20
        while self.processes() and time.monotonic() < end:
            time.sleep(0.05)
        shutil.rmtree(self.root, ignore_errors=True)

    def processes(self):
        """Supervisors by their environment, QEMU by its working directory."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                mine = os.readlink(entry / "cwd").startswith(f"{self.root}/") or \
                    f"VIRTTY_WORLD={self.root}\0".encode() in (entry / "environ").read_bytes()
                alive = (entry / "cmdline").read_bytes() != b""
            except OSError:
                continue
            if mine and alive:
                found.append(int(entry.name))
        return found

    def virtty(self, *words, timeout=60):
        """Standard output of a command that must succeed."""
        done = subprocess.run([VIRTTY, *map(str, words)], env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout,
                              check=False)
        if done.returncode:
            raise SystemExit(f"virtty {' '.join(map(str, words))}: {done.stderr.strip()}")
        return done.stdout

    def seconds(self, *words):
        """How long a command takes, from fork to the end."""
        start = time.monotonic()
        self.virtty(*words)
        return time.monotonic() - start

    def define(self, name, memory=16):
        file = self.root / "new.xml"
        file.write_text(XML.format(name=name, title=f"the guest {name}", memory=memory))
        self.virtty("define", file)

    def fill(self, count):
        """Definitions until there are count of them."""
        have = len(list((self.root / "data_home/virtty/domains").glob("*.xml")))
        for number in range(have, count):
            self.define(f"guest-{number:04}")

    def record(self, name):
        uuid = self.virtty("domuuid", name).strip()
        return json.loads((self.root / f"state_home/virtty/running/{uuid}.json").read_text())


def private_memory(pid):
    """KiB that are this process's alone."""
    total = 0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_"):
            total += int(line.split()[1])
    return total


def resident_memory(pid):
    """KiB resident."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def wakeups(pid):
    """How often its threads have gone to sleep so far."""
    total = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        for line in status.read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches:"):
                total += int(line.split()[1])
    return total


def cpu_ticks(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])
