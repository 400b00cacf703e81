/*
 * planning: from a definition's text to its launch plan, and looking into it;
 * for the tests of backend/qemu.
 */
#ifndef TESTS_UNIT_PLANNING_H
#define TESTS_UNIT_PLANNING_H

#include "backend/base/mem.h"
#include "backend/qemu/plan.h"
#include "backend/qemu/resolve.h"
#include "backend/xml/node.h"
#include "tests/unit/capabilities_fixture.h"
#include "tests/unit/tap.h"

static struct paths planning_paths = {
	.config = (char *)(size_t)"/x/config", .data = (char *)(size_t)"/x/data",
	.state = (char *)(size_t)"/x/state", .cache = (char *)(size_t)"/x/cache",
	.runtime = (char *)(size_t)"/x/run",
};

static struct capabilities *planning_caps(void)
{
	static struct capabilities *c;

	if (!c)
		c = capabilities_parse(capabilities_fixture, NULL);
	return c;
}

/* NULL with *err when refused at any step. */
__attribute__((unused))
static struct domain_def *planning_define(const char *xml, struct error **err)
{
	struct document *d = document_parse(xml, strlen(xml), "t.xml", err);
	struct domain_def *def = d ? domain_def_parse(d, err) : NULL;

	if (def && resolve(def, planning_caps(), RESOLVE_FIXED, err))
		return def;
	domain_def_free(def);
	return NULL;
}

__attribute__((unused))
static struct json_object *planning_plan(const char *xml, struct error **err)
{
	const struct plan_options options = { .explain = true };
	struct domain_def *def = planning_define(xml, err);
	struct json_object *plan = def ? plan_build(def, planning_caps(), &planning_paths, &options, err) : NULL;

	domain_def_free(def);
	return plan;
}

/* A domain with these elements in <os>, at top level and below <devices>. */
__attribute__((unused))
static char *planning_xml(const char *machine, const char *os, const char *top, const char *devices)
{
	return mem_printf("<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
			  "<name>t</name>\n<memory unit='MiB'>64</memory>\n"
			  "<os><type arch='x86_64' machine='%s'>hvm</type>%s</os>\n%s\n"
			  "<devices>\n%s\n</devices></domain>\n",
			  machine, os, top, devices);
}

__attribute__((unused))
static const char *planning_word(struct json_object *plan, size_t i)
{
	struct json_object *o = json_object_array_get_idx(json_get(plan, "argv"), i);

	return json_object_is_type(o, json_type_string) ? json_object_get_string(o) : json_str(o, "prefix");
}

__attribute__((unused))
static size_t planning_words(struct json_object *plan)
{
	return json_object_array_length(json_get(plan, "argv"));
}

/* The n-th value of an option; NULL when there is none. */
__attribute__((unused))
static const char *planning_option(struct json_object *plan, const char *option, size_t n)
{
	for (size_t i = 0; plan && i + 1 < planning_words(plan); i++)
		if (!strcmp(planning_word(plan, i), option) && n-- == 0)
			return planning_word(plan, i + 1);
	return NULL;
}

/* Whether some value of the option is exactly this. */
__attribute__((unused))
static bool planning_has(struct json_object *plan, const char *option, const char *value)
{
	const char *v;

	for (size_t n = 0; (v = planning_option(plan, option, n)); n++)
		if (!strcmp(v, value))
			return true;
	if (plan)
		for (size_t n = 0; (v = planning_option(plan, option, n)); n++)
			printf("#   %s %s\n", option, v);
	return false;
}

#endif
