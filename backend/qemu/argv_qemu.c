/*
 * argv_qemu: the elements of libvirt's QEMU name space: arguments and
 * environment passed through as they are, and device properties overridden.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "backend/qemu/argv.h"

#define QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

static bool in_namespace(const xmlNode *n, const char *name)
{
	return n->ns && n->ns->href && !strcmp((const char *)n->ns->href, QEMU_NAMESPACE) &&
		!strcmp((const char *)n->name, name);
}

/* The next element of this name space and name from n on. */
static const xmlNode *from(const xmlNode *n, const char *name)
{
	while (n && !(n->type == XML_ELEMENT_NODE && in_namespace(n, name)))
		n = n->next;
	return n;
}

static const xmlNode *first(const xmlNode *parent, const char *name)
{
	return parent ? from(parent->children, name) : NULL;
}

#define QEMU_EACH(var, parent, name) \
	for (const xmlNode *var = first((parent), (name)); var; var = from(var->next, (name)))

static bool valid_name(const char *name)
{
	if (!*name || (*name >= '0' && *name <= '9'))
		return false;
	return !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")];
}

bool argv_qemu_namespace(struct builder *b)
{
	QEMU_EACH(list, b->root, "commandline") {
		QEMU_EACH(arg, list, "arg") {
			const char *value = node_get(arg, "@value");

			if (!value)
				return fail(b, arg, "<qemu:arg> needs value='...'");
			b->origin = arg;
			add_word(b, value);
		}
		QEMU_EACH(env, list, "env") {
			const char *name = text_at(env, "@name");

			if (!valid_name(name))
				return fail(b, env, "<qemu:env name='%s'>: not the name of a variable", name);
			json_set_str(b->env, name, text_at(env, "@value"));
		}
	}
	b->origin = NULL;
	return true;
}

static bool override(struct builder *b, const xmlNode *p, struct json_object *o)
{
	const char *name = text_at(p, "@name"), *type = text_at(p, "@type"), *value = text_at(p, "@value");
	int64_t number;

	if (!*name || !strcmp(name, "driver") || !strcmp(name, "id"))
		return fail(b, p, "<qemu:property name='%s'>: not a property to override", name);
	if (!strcmp(type, "remove")) {
		json_object_object_del(o, name);
	} else if (!strcmp(type, "bool")) {
		json_set_bool(o, name, !strcmp(value, "true"));
	} else if (!strcmp(type, "signed") || !strcmp(type, "unsigned")) {
		if (!units_i64(value, &number))
			return fail(b, p, "<qemu:property value='%s'>: not a number", value);
		json_set_int(o, name, number);
	} else if (!strcmp(type, "string")) {
		json_set_str(o, name, value);
	} else {
		return fail(b, p, "<qemu:property type='%s'>: string, unsigned, signed, bool or remove", type);
	}
	return true;
}

bool apply_overrides(struct builder *b, const struct device *dev, struct json_object *o)
{
	QEMU_EACH(list, b->root, "override")
		QEMU_EACH(d, list, "device") {
			if (!dev->alias || !node_is(d, "@alias", dev->alias))
				continue;
			QEMU_EACH(front, d, "frontend")
				QEMU_EACH(p, front, "property")
					if (!override(b, p, o))
						return false;
		}
	return true;
}
