/*
 * checks: the list of rules, and the few tools they share.
 */
#include "backend/xml/checks.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/checks_private.h"

bool deny(const struct domain_def *def, const xmlNode *node, struct error **err,
	  const char *hint, const char *fmt, ...)
{
	AUTO_FREE char *what = NULL;
	va_list ap;

	va_start(ap, fmt);
	what = mem_vprintf(fmt, ap);
	va_end(ap);
	document_error(def->document, node, err, "%s", what);
	if (hint)
		error_hint(err, "%s", hint);
	return false;
}

xmlNode *check_root(const struct domain_def *def)
{
	return document_root(def->document);
}

bool check_listed(const char *value, const char *const *list)
{
	for (; value && *list; list++)
		if (!strcmp(value, *list))
			return true;
	return false;
}

bool machine_is_q35(const char *machine)
{
	return machine && (!strcmp(machine, "q35") || !strncmp(machine, "pc-q35", 6));
}

bool machine_is_i440fx(const char *machine)
{
	return !machine || !strcmp(machine, "pc") || !strncmp(machine, "pc-i440fx", 9) ||
		!strncmp(machine, "pc-0", 4) || !strncmp(machine, "pc-1", 4);
}

const xmlNode *keys_add(struct keys *k, const xmlNode *node, const char *fmt, ...)
{
	AUTO_FREE char *key = NULL;
	va_list ap;

	va_start(ap, fmt);
	key = mem_vprintf(fmt, ap);
	va_end(ap);
	if (!k->table)
		k->table = xmlHashCreate(64);
	if (!k->table)
		abort();
	if (xmlHashAddEntry(k->table, BAD_CAST key, (void *)node) == 0)
		return NULL;
	return xmlHashLookup(k->table, BAD_CAST key);
}

void keys_done(struct keys *k)
{
	if (k->table)
		xmlHashFree(k->table, NULL);
}

static void set_range(struct cpuset *set, unsigned long from, unsigned long to, bool on)
{
	for (; from <= to && from < CPUSET_MAX; from++) {
		unsigned char bit = (unsigned char)(1 << (from % 8));

		if (on)
			set->bits[from / 8] |= bit;
		else
			set->bits[from / 8] &= (unsigned char)~bit;
	}
}

/* The schema has seen that the text is a set. */
void cpuset_parse(const char *text, struct cpuset *set, long *highest)
{
	memset(set, 0, sizeof(*set));
	*highest = -1;
	while (text && *text) {
		bool off;
		unsigned long from, to;
		char *end;

		text += strspn(text, " ,");
		off = *text == '^';
		from = to = strtoul(text + off, &end, 10);
		if (end == text + off)
			return;
		if (*end == '-')
			to = strtoul(end + 1, &end, 10);
		set_range(set, from, to, !off);
		if (!off && (long)(to > from ? to : from) > *highest)
			*highest = (long)(to > from ? to : from);
		text = end + strspn(end, " ");
	}
}

int cpuset_common(const struct cpuset *a, const struct cpuset *b)
{
	for (int i = 0; i < CPUSET_MAX; i++)
		if (a->bits[i / 8] & b->bits[i / 8] & (1 << (i % 8)))
			return i;
	return -1;
}

void cpuset_add(struct cpuset *to, const struct cpuset *more)
{
	for (size_t i = 0; i < sizeof(to->bits); i++)
		to->bits[i] |= more->bits[i];
}

bool domain_check(const struct domain_def *def, struct error **err)
{
	static bool (*const checks[])(const struct domain_def *, struct error **) = {
		check_boot, check_firmware, check_cpu, check_numa, check_memory, check_tuning,
		check_disks, check_controllers, check_interfaces, check_hostdevs,
		check_addresses, check_graphics, check_others,
	};

	/* Looking at something here is not acting on it. */
	bool recording = document_record_reads(def->document, false), good = true;

	for (size_t i = 0; good && i < ARRAY_SIZE(checks); i++)
		good = checks[i](def, err);
	document_record_reads(def->document, recording);
	return good;
}
