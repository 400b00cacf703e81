/*
 * resolver: see resolver.h; the small words that all steps use.
 */
#include "backend/qemu/resolver.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"

bool refuse(struct resolver *r, const xmlNode *node, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	document_error(r->def->document, node, r->err, "%s", text);
	return false;
}

const char *text_at(const xmlNode *node, const char *path)
{
	const char *s = node_get(node, path);

	return s ? s : "";
}

bool controller_is(const struct device *dev, const char *type, const char *model)
{
	return dev->kind == DEVICE_CONTROLLER && node_is(dev->node, "@type", type) &&
		(!model || node_is(dev->node, "@model", model));
}

unsigned controller_index(const struct device *dev)
{
	return (unsigned)node_u64(dev->node, "@index", 0);
}

const char *controller_model(const struct device *dev)
{
	return text_at(dev->node, "@model");
}

bool controller_companion(const struct device *dev)
{
	return !strncmp(controller_model(dev), "ich9-uhci", 9);
}

struct device *controller_find(const struct domain_def *def, const char *type, unsigned index)
{
	for (size_t i = 0; i < def->n_devices; i++) {
		struct device *dev = &def->devices[i];

		if (controller_is(dev, type, NULL) && node_has(dev->node, "@index") &&
		    controller_index(dev) == index && !controller_companion(dev))
			return dev;
	}
	return NULL;
}

struct device *controller_add(struct domain_def *def, const char *type, unsigned index,
			      const char *model)
{
	struct device *dev = domain_def_add_device(def, DEVICE_CONTROLLER);
	char number[16];

	snprintf(number, sizeof(number), "%u", index);
	node_set_attr(dev->node, "type", type);
	node_set_attr(dev->node, "index", number);
	if (model)
		node_set_attr(dev->node, "model", model);
	return dev;
}

struct device *controller_ensure(struct domain_def *def, const char *type, unsigned index)
{
	struct device *dev = controller_find(def, type, index);

	return dev ? dev : controller_add(def, type, index, NULL);
}

unsigned controller_count(const struct domain_def *def, const char *type)
{
	unsigned count = 0;

	for (size_t i = 0; i < def->n_devices; i++) {
		const struct device *dev = &def->devices[i];

		if (controller_is(dev, type, NULL) && node_has(dev->node, "@index") &&
		    controller_index(dev) + 1 > count)
			count = controller_index(dev) + 1;
	}
	return count;
}

void child_set_attr(xmlNode *parent, const char *child, const char *name, const char *value)
{
	xmlNode *node = node_child(parent, child);

	if (!node)
		node = node_add(parent, child, node_child(parent, "address"));
	node_set_attr(node, name, value);
}

/* Letters count as a number of base 26 without a zero: z, aa, ab ... */
int target_index(const char *target)
{
	size_t len = strlen(target), start = 0;
	int value = 0;

	/* the prefix: one or two letters of the bus ("fd", "hd", "sd", "vd", "xvd", "ubd") */
	if (!strncmp(target, "xvd", 3) || !strncmp(target, "ubd", 3))
		start = 3;
	else if (len > 2)
		start = 2;
	else
		return -1;
	for (size_t i = start; i < len; i++) {
		if (target[i] >= '0' && target[i] <= '9' && i > start)
			break;		/* a partition: vda1 */
		if (target[i] < 'a' || target[i] > 'z' || value > 100000)
			return -1;
		value = value * 26 + (target[i] - 'a') + 1;
	}
	return value - 1;
}
