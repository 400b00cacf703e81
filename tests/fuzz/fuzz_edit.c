/*
 * Any accepted domain, edited as resolving and forms edit it: what is written
 * afterwards is read again, says the same, and is a fixed point.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/domain_def.h"
#include "backend/xml/node.h"
#include "tests/fuzz/fuzz.h"

/* Words from the document itself, so that they are as hostile as it is. */
static void edit(struct domain_def *def)
{
	xmlNode *root = document_root(def->document);
	struct device *dev;

	for (int kind = 0; kind < DEVICE_KIND_COUNT; kind += 3) {
		dev = domain_def_add_device(def, kind);
		node_set_attr(dev->node, "model", def->name);
		node_set_text(node_add(dev->node, "text", NULL), def->description);
		dev->address = (struct address){ .type = ADDRESS_PCI, .pci = { 0, 1, 2, 3, -1 } };
		device_write_address(dev);
	}
	for (size_t i = 0; i < def->n_devices; i += 2)
		device_write_address(&def->devices[i]);
	if (def->n_devices)
		domain_def_remove_device(def, &def->devices[def->n_devices / 2]);
	node_set_attr(root, "id", "1");
	node_set_attr(root, "id", NULL);
	node_set_text(node_ensure(root, "title"), def->title);
	node_add(root, "x", node_first_element(root));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct document *d = document_parse((const char *)data, size, "fuzz", NULL), *copy, *again;
	struct domain_def *def = d ? domain_def_parse(d, NULL) : NULL;
	AUTO_FREE char *text = NULL, *copied = NULL, *second = NULL;

	if (!def)
		return 0;
	edit(def);
	text = document_text(def->document);
	copy = document_copy(def->document);
	copied = document_text(copy);
	must(!strcmp(text, copied));
	again = document_parse(text, strlen(text), "again", NULL);
	must(again);
	second = document_text(again);
	must(!strcmp(text, second));
	document_free(again);
	document_free(copy);
	domain_def_free(def);
	return 0;
}
