"""hostile: the checks of hostile.bats: shape, terminal, doctype.

	hostile.py CHECK VIRTTY WORLD
"""
import copy
import json
import os
import pty
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

CHECK, VIRTTY, WORLD = sys.argv[1], sys.argv[2], Path(sys.argv[3])

STRINGS = [
    "a,b", "a,,b", "x,id=evil", "x,server=on,path=/tmp/evil", "'", '"', "\"},{\"driver\":\"null-co\"",
    "a\nb", "a\n-monitor\nstdio", "\ta", " a ", "-monitor", "--help", "-", "nbd:unix:/tmp/evil",
    "nbd://127.0.0.1/evil", "json:{\"driver\":\"null-co\"}", "fat:rw:/etc", "../../../../etc/shadow",
    "..", "/", "$(reboot)", "`reboot`", "%s%n%s", "a\\b", "a\u202eb", "a\u2066b\u2069", "\u009b31mred",
    "\u0085", "\u2028", "\U000e0001", "\ud7ff", "\ufeff", "=", "a=b", "id=1", "[fe80::1]", "*", "?", "~",
    "&lt;", "<!--", "]]>", "x" * 5000, "\u0301" * 50, "0", "-1", "99999999999999999999", "on", "",
]

# Every field of a definition that takes text: XPath, and attribute or text.
FIELDS = [
    ("name", None), ("title", None), ("description", None), ("metadata/{urn:x}note", None),
    ("os/kernel", None), ("os/initrd", None), ("os/cmdline", None), ("os/type", "machine"),
    ("devices/disk[1]/source", "file"), ("devices/disk[1]/serial", None),
    ("devices/disk[1]/target", "dev"), ("devices/disk[2]/source", "file"),
    ("devices/disk[1]/driver", "cache"), ("devices/disk[1]/alias", "name"),
    ("devices/interface/mac", "address"), ("devices/interface/model", "type"),
    ("devices/serial[2]/source", "path"), ("devices/channel/source", "path"),
    ("devices/channel/target", "name"), ("devices/graphics", "passwd"),
    ("devices/graphics", "socket"), ("devices/rng/backend", None),
    ("devices/emulator", None), ("clock/timer", "name"), ("cpu/model", None),
    ("cpu/feature", "name"), ("vcpu", None), ("memory", None), ("uuid", None),
]

XML = """<domain type='qemu'>
  <name>plain</name>
  <uuid>3c3bdbdc-3b5e-4fb5-b1d6-5b1ee8d0b001</uuid>
  <title>plain</title>
  <description>plain</description>
  <metadata><note xmlns='urn:x'>plain</note></metadata>
  <memory unit='MiB'>32</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>/plain/kernel</kernel>
    <initrd>/plain/initrd</initrd>
    <cmdline>plain</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='custom' match='exact'>
    <model fallback='allow'>qemu64</model>
    <feature policy='require' name='sse2'/>
  </cpu>
  <clock offset='utc'>
    <timer name='rtc' tickpolicy='catchup'/>
  </clock>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='none'/>
      <source file='/plain/disk'/>
      <target dev='vda' bus='virtio'/>
      <serial>plain</serial>
      <alias name='ua-plain'/>
    </disk>
    <disk type='file' device='cdrom'>
      <driver name='qemu' type='raw'/>
      <source file='/plain/cdrom'/>
      <target dev='hda' bus='ide'/>
      <readonly/>
    </disk>
    <interface type='user'>
      <mac address='52:54:00:00:00:01'/>
      <model type='virtio'/>
    </interface>
    <serial type='pty'/>
    <serial type='file'><source path='/plain/serial'/></serial>
    <channel type='unix'>
      <source mode='bind' path='/plain/channel'/>
      <target type='virtio' name='plain'/>
    </channel>
    <graphics type='vnc' passwd='plain' socket='/plain/vnc'/>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>
"""


def variant(field, attribute, text):
    root = ET.fromstring(XML)
    element = root.find(field)
    if element is None:
        raise SystemExit(f"the document of this test has no {field}")
    if attribute:
        element.set(attribute, text)
    else:
        element.text = text
    return ET.tostring(root)


def plan(document):
    """The plan, or None when the document is refused, with what was said."""
    file = WORLD / "hostile.xml"
    file.write_bytes(document)
    done = subprocess.run([VIRTTY, "plan", file], capture_output=True, check=False, timeout=20,
                          stdin=subprocess.DEVNULL)
    if done.returncode not in (0, 1):
        raise SystemExit(f"virtty plan ended with {done.returncode}: {done.stderr[-2000:]}")
    return (json.loads(done.stdout) if done.returncode == 0 else None), done.stderr


def shape(value):
    """What may not depend on a string: options, keys, and ids."""
    if isinstance(value, dict):
        return {key: value[key] if key in ("driver", "id", "qom-type", "node-name", "file")
                and not isinstance(value[key], (dict, list)) else shape(value[key])
                for key in sorted(value)}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return type(value).__name__


def argument_shape(words):
    result = []
    for word in words:
        if isinstance(word, dict):
            result.append(sorted(word))
        elif word.startswith("-") and re.fullmatch(r"-[a-z][a-z0-9-]*", word):
            result.append(word)
        elif word.startswith("{"):
            result.append(json.dumps(shape(json.loads(word)), sort_keys=True))
        else:
            result.append("word")
    return result


# Fields that name a kind or a number: another word there may rightly be refused,
# or give other values. An empty text is as good as none.
KINDS = {("os/type", "machine"), ("devices/disk[1]/driver", "cache"), ("devices/interface/model", "type"),
         ("clock/timer", "name"), ("cpu/model", None), ("cpu/feature", "name"), ("vcpu", None),
         ("memory", None), ("devices/disk[1]/target", "dev"), ("devices/disk[1]/alias", "name")}


def options(words):
    return [word for word in words if isinstance(word, str) and re.match(r"-[a-z]", word)]


def check_shape():
    plain, _ = plan(XML.encode())
    if plain is None:
        raise SystemExit(f"the plain document is refused: {_}")
    wanted = argument_shape(plain["argv"])
    wanted_options = options(plain["argv"])
    accepted = 0
    for field, attribute in FIELDS:
        for text in STRINGS:
            try:
                document = variant(field, attribute, text)
                document.decode()
            except UnicodeError:
                continue
            got, said = plan(document)
            where = f"{field}{'@' + attribute if attribute else ''} = {text[:60]!r}"
            if got is None:
                refused_well(where, said)
                continue
            accepted += 1
            same_shape(where, field, attribute, text, got["argv"], wanted, wanted_options)
    if accepted < 300:
        raise SystemExit(f"only {accepted} documents were accepted: nothing was shown")


def refused_well(where, said):
    lines = said.decode(errors="replace").rstrip("\n").split("\n")
    if not lines[0] or len(lines) > 3 or re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", said):
        raise SystemExit(f"{where}: refused badly: {said!r}")


def same_shape(where, field, attribute, text, argv, wanted, wanted_options):
    if (field, attribute) not in KINDS and text.strip():
        got = argument_shape([word if word != text else "plain" for word in argv])
        if got != wanted:
            raise SystemExit(f"{where}: another shape:\n{got}\n{wanted}")
        return
    extra = [word for word in options(argv) if word != text and word not in wanted_options]
    if extra:
        raise SystemExit(f"{where}: new options {extra}")


def on_terminal(*words):
    """What a command writes to a terminal."""
    output = []

    def read(fd):
        data = os.read(fd, 65536)
        output.append(data)
        return data

    saved = os.dup(1)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    try:
        pty.spawn([VIRTTY, *words], read, lambda fd: b"")
    finally:
        os.dup2(saved, 1)
    return b"".join(output)


HARM = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def check_terminal():
    names = [text for text in STRINGS if text.strip() and len(text) < 200 and "/" not in text
             and "\n" not in text and text not in (".", "..")]
    root = ET.fromstring(XML)
    for text in ("\u009b31m", "\u202egpj.exe", "\u0085x"):
        if text not in names:
            names.append(text)
    defined = 0
    for number, text in enumerate(names):
        guest = copy.deepcopy(root)
        guest.find("name").text = text
        guest.find("title").text = text
        guest.find("description").text = text
        guest.find("uuid").text = f"3c3bdbdc-3b5e-4fb5-b1d6-{number:012}"
        (WORLD / "n.xml").write_bytes(ET.tostring(guest))
        harmless(f"define {text!r}", on_terminal("define", str(WORLD / "n.xml")))
        harmless(f"dominfo {text!r}", on_terminal("dominfo", guest.find("uuid").text))
        harmless(f"domstate {text!r}", on_terminal("domstate", "no-such-" + text))
        defined += 1
    listed = on_terminal("list", "--all", "--title")
    harmless("list", listed)
    if listed.count(b"\n") < 10:
        raise SystemExit(f"the list is short: {listed!r}")


def harmless(what, output):
    text = output.decode(errors="surrogateescape")
    found = HARM.search(text)
    if found:
        raise SystemExit(f"{what}: {found.group()!r} reached the terminal: {output!r}")


def bombs():
    laughs = "".join(f"<!ENTITY l{i} '{f'&l{i - 1};' * 10}'>" for i in range(1, 12))
    yield f"<!DOCTYPE a [<!ENTITY l0 'lol'>{laughs}]><domain type='qemu'><name>&l11;</name></domain>"
    yield f"<!DOCTYPE a [<!ENTITY big '{'x' * 1000000}'>]><domain>{'&big;' * 10000}</domain>"
    yield "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><domain/>"
    yield "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///dev/zero'>]><domain><name>&x;</name></domain>"
    yield "<!DOCTYPE a PUBLIC 'p' 'http://127.0.0.1:1/x.dtd'><domain/>"
    yield "<?xml version='1.0'?><!-- c --><!DOCTYPE domain><domain type='qemu'/>"
    yield "<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///dev/random'>%p;]><domain/>"


def run_measured(file):
    """Exit status, what it said, milliseconds, KiB."""
    start = time.monotonic()
    process = subprocess.Popen([VIRTTY, "define", file], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    return os.waitstatus_to_exitcode(status), said, (time.monotonic() - start) * 1000, usage.ru_maxrss


def check_doctype():
    sanitized = b"__asan_init" in Path(VIRTTY).read_bytes()
    for number, bomb in enumerate(bombs()):
        file = WORLD / f"bomb{number}.xml"
        file.write_text(bomb)
        runs = [run_measured(file) for _ in range(3)]
        status, said = runs[0][:2]
        if status != 1 or b"DOCTYPE" not in said:
            raise SystemExit(f"bomb {number}: exit {status}: {said!r}")
        best, size = min(run[2] for run in runs), max(run[3] for run in runs)
        if not sanitized and (best >= 100 or size >= 64 * 1024):
            raise SystemExit(f"bomb {number}: {best:.0f} ms, {size} KiB")


{"shape": check_shape, "terminal": check_terminal, "doctype": check_doctype}[CHECK]()
