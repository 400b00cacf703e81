/*
 * definition: see definition.h.
 */
#include "backend/connection/definition.h"

#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/resolve.h"
#include "backend/xml/document.h"

bool definition_parse(struct definition *d, const struct paths *paths, const char *text,
		      size_t len, const char *source, unsigned flags, struct error **err)
{
	struct document *document = document_parse(text, len, source, err);

	*d = (struct definition){ .def = document ? domain_def_parse(document, err) : NULL };
	if (!d->def)
		return false;
	d->had_uuid = d->def->uuid[0];
	d->capabilities = capabilities_for(d->def, paths, err);
	if (d->capabilities && resolve(d->def, d->capabilities, flags, err))
		return true;
	definition_done(d);
	return false;
}

void definition_done(struct definition *d)
{
	domain_def_free(d->def);
	capabilities_free(d->capabilities);
	*d = (struct definition){ .def = NULL };
}
