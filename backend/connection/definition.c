/*
 * definition: see definition.h.
 */
#include "backend/connection/definition.h"

#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/resolve.h"
#include "backend/xml/document.h"
#include "backend/xml/schema.h"

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

struct json_object *definition_ignored(const struct definition *d)
{
	struct json_object *list = json_object_new_array();
	struct schema_report report;

	schema_check(d->def->document, &report);
	for (size_t i = 0; i < report.n_ignored; i++) {
		const struct schema_issue *issue = &report.ignored[i];
		struct json_object *o = json_object_new_object();

		json_set_int(o, "line", issue->line);
		json_set_str(o, "element", issue->path);
		json_set_str(o, "what", issue->what);
		json_set_str(o, "why", issue->why);
		json_push(list, o);
	}
	schema_report_done(&report);
	return list;
}
