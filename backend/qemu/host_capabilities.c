/*
 * host_capabilities: the host and its QEMU as libvirt's <capabilities> and as
 * JSON; see host.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/qemu/host.h"

static void add_escaped(struct buf *b, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '<': buf_add_str(b, "&lt;"); break;
		case '>': buf_add_str(b, "&gt;"); break;
		case '&': buf_add_str(b, "&amp;"); break;
		case '\'': buf_add_str(b, "&apos;"); break;
		default: buf_add_char(b, *s);
		}
	}
}

static void add_host(struct buf *b, const struct host *h)
{
	buf_add_str(b, "  <host>\n    <cpu>\n");
	buf_printf(b, "      <arch>%s</arch>\n", h->arch);
	if (h->cpu_model[0]) {
		buf_add_str(b, "      <model>");
		add_escaped(b, h->cpu_model);
		buf_add_str(b, "</model>\n");
	}
	buf_printf(b, "      <topology sockets='%u' dies='1' cores='%u' threads='%u'/>\n",
		   h->sockets, h->cores, h->threads);
	buf_add_str(b, "    </cpu>\n");
	buf_printf(b, "    <memory unit='KiB'>%llu</memory>\n", (unsigned long long)(h->memory / 1024));
	buf_add_str(b, "  </host>\n\n");
}

static void add_machines(struct buf *b, const struct capabilities *c)
{
	size_t n;
	const struct machine *m = capabilities_machines(c, &n);

	for (size_t i = 0; i < n; i++) {
		if (m[i].alias)
			buf_printf(b, "      <machine canonical='%s' maxCpus='%u'>%s</machine>\n",
				   m[i].name, m[i].max_cpus, m[i].alias);
		buf_printf(b, "      <machine maxCpus='%u'%s>%s</machine>\n", m[i].max_cpus,
			   m[i].deprecated ? " deprecated='yes'" : "", m[i].name);
	}
}

static void add_guest(struct buf *b, const struct capabilities *c, const struct kvm_state *k,
		      const char *arch, int bits)
{
	buf_add_str(b, "  <guest>\n    <os_type>hvm</os_type>\n");
	buf_printf(b, "    <arch name='%s'>\n      <wordsize>%d</wordsize>\n", arch, bits);
	buf_add_str(b, "      <emulator>");
	add_escaped(b, capabilities_emulator(c));
	buf_add_str(b, "</emulator>\n");
	add_machines(b, c);
	buf_add_str(b, "      <domain type='qemu'/>\n");
	if (k->usable)
		buf_add_str(b, "      <domain type='kvm'/>\n");
	buf_add_str(b, "    </arch>\n  </guest>\n");
}

char *host_capabilities_xml(const struct host *h, const struct capabilities *c,
			    const struct kvm_state *k)
{
	const char *arch = capabilities_arch(c);
	bool x86_64 = !strcmp(arch, "x86_64");
	struct buf b = BUF_INIT;

	buf_add_str(&b, "<capabilities>\n\n");
	add_host(&b, h);
	if (x86_64)
		add_guest(&b, c, k, "i686", 32);
	add_guest(&b, c, k, arch, x86_64 || strstr(arch, "64") ? 64 : 32);
	buf_add_str(&b, "\n</capabilities>\n");
	return buf_steal(&b);
}

struct json_object *host_capabilities_json(const struct host *h, const struct capabilities *c,
					   const struct kvm_state *k)
{
	struct json_object *o = json_object_new_object(), *kvm = json_object_new_object();

	json_set(o, "host", host_json(h));
	json_set_bool(kvm, "usable", k->usable);
	json_set_str(kvm, "why", k->why);
	json_set(o, "kvm", kvm);
	json_set(o, "qemu", capabilities_json(c));
	return o;
}
