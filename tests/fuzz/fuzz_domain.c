/*
 * Any text as a domain: refused with a message, or a definition that holds what
 * a definition promises.
 */
#include <string.h>

#include "backend/xml/domain_def.h"
#include "tests/fuzz/fuzz.h"

static void look(const struct domain_def *def)
{
	must(def->name && domain_name_valid(def->name, NULL));
	must(def->current_vcpus <= def->vcpus);
	for (size_t i = 0; i < def->n_devices; i++) {
		must(def->devices[i].node);
		must(def->devices[i].kind < DEVICE_KIND_COUNT);
		must(address_type_name(def->devices[i].address.type));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error *err = NULL;
	struct document *d = document_parse((const char *)data, size, "fuzz", &err);
	struct domain_def *def = d ? domain_def_parse(d, &err) : NULL;

	if (def)
		look(def);
	else
		must(err);
	domain_def_free(def);
	error_free(err);
	return 0;
}
