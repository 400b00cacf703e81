/*
 * operations: what connection_call() can do; arguments and results, both JSON
 * objects.  "?" marks what may be left out.  Sizes are bytes, times are unix
 * seconds.  Every failure is an error with a message and, where known, a hint.
 *
 * Of the host (d is NULL):
 *
 *   define        {xml, source?}
 *                 -> {uuid, name, created: bool, version, ignored: [{line, element, what, why}]}
 *                 source is what errors call the text (a file name, "-")
 *   create        {xml, source?, paused?} -> {uuid, name, id}     a transient guest
 *   plan-file     {xml, source?, explain?} -> the launch plan, secrets as "***"; with
 *                 explain {plan, arguments: [{argv: [text], line, element?}],
 *                 ignored: as of define, problems: [{line, element?, problem, hint?}]}
 *   capabilities  {emulator?} -> {host, kvm, qemu, xml}     xml is libvirt's <capabilities>
 *   nodeinfo      {} -> {model, cpus, mhz, nodes, sockets, cores, threads, memory}
 *   autostart-all {} -> {started: [name], failed: [{name, error, hint?}]}   in name order
 *   undefined     {} -> {domains: [{uuid, name, version, time}]}     undefined earlier;
 *                 history-xml with {uuid} gets one back for define
 *
 * Of a domain:
 *
 *   undefine      {nvram?, remove_all_storage?} -> {removed: [path], kept: [{path, why}]}
 *                 the definition goes to the history; a running guest becomes transient
 *   rename        {name} -> {name}
 *   autostart     {enable: bool} -> {}
 *   xml           {inactive?, secure?} -> {xml, version}     version is an opaque string;
 *                 inactive false of a running guest: as it runs, with live values;
 *                 secure false: passwords are left out
 *   save-xml      {xml, version, source?} -> {uuid, name, version, ignored}
 *                 refused when the stored version is another by now
 *   history       {} -> {versions: [{version: N, time, size, current: bool}]}   newest first
 *   history-xml   {version: N} -> {xml}      (of the host: {uuid, version})
 *   plan          {explain?} -> as plan-file
 *
 *   start         {paused?} -> {id, name, uuid}
 *   shutdown      {mode?: "acpi"|"agent"} -> {}     asked, not waited for
 *   reboot        {mode?} -> {}
 *   reset suspend resume inject-nmi     {} -> {}
 *   destroy       {graceful?} -> {}     answers when QEMU is gone
 *   send-key      {codes: [QKeyCode names], holdtime?: ms} -> {}
 *   qmp           {execute, arguments?, timeout_ms?} -> {return: ...}
 *   wait          {states: [name], timeout_ms?} -> {state, reason, why}
 *                 as soon as the domain is in one of the states
 *
 *   info          {} -> {uuid, name, title?, id, os_type, state, reason, why, since, started,
 *                 persistent, autostart, changed, kvm, machine, vcpus, max_vcpus, memory,
 *                 max_memory, cpu_time_ns, rss, pid, supervisor_pid, restarts, definition?: path, log: path,
 *                 consoles: [{name, pty, socket, log, last, bell}], graphics: [...],
 *                 history: [{time, what}]}      absent where it does not apply
 *   ttyconsole    {} -> {path}               the first console's pty
 *   domdisplay    {} -> {uris: [uri]}        "vnc+unix:///path", "vnc://127.0.0.1:0"
 *   log           {lines?} -> {path, lines: [text]}      the end of qemu.log, raw: sanitize it
 */
#ifndef BACKEND_CONNECTION_OPERATIONS_H
#define BACKEND_CONNECTION_OPERATIONS_H

/* C name, operation, whether it is of the host ('h'), a domain ('d') or either ('b'). */
#define OPERATIONS(X) \
	X(define, "define", 'h') \
	X(create, "create", 'h') \
	X(plan_file, "plan-file", 'h') \
	X(capabilities, "capabilities", 'h') \
	X(nodeinfo, "nodeinfo", 'h') \
	X(autostart_all, "autostart-all", 'h') \
	X(undefined, "undefined", 'h') \
	X(undefine, "undefine", 'd') \
	X(rename, "rename", 'd') \
	X(save_xml, "save-xml", 'd') \
	X(autostart, "autostart", 'd') \
	X(xml, "xml", 'd') \
	X(history, "history", 'd') \
	X(history_xml, "history-xml", 'b') \
	X(plan, "plan", 'd') \
	X(start, "start", 'd') \
	X(shutdown, "shutdown", 'd') \
	X(reboot, "reboot", 'd') \
	X(reset, "reset", 'd') \
	X(suspend, "suspend", 'd') \
	X(resume, "resume", 'd') \
	X(inject_nmi, "inject-nmi", 'd') \
	X(destroy, "destroy", 'd') \
	X(send_key, "send-key", 'd') \
	X(qmp, "qmp", 'd') \
	X(wait, "wait", 'd') \
	X(info, "info", 'd') \
	X(ttyconsole, "ttyconsole", 'd') \
	X(domdisplay, "domdisplay", 'd') \
	X(log, "log", 'd')

struct call;

#define X(id, name, of) void op_##id(struct call *call);
OPERATIONS(X)
#undef X

#endif
