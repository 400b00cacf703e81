/*
 * definition: from text to a definition that can be stored or started.
 *
 * Everything here may block (QEMU may have to be asked what it can do): call it
 * on a thread.
 */
#ifndef BACKEND_CONNECTION_DEFINITION_H
#define BACKEND_CONNECTION_DEFINITION_H

#include "backend/base/json.h"
#include "backend/base/paths.h"
#include "backend/qemu/capabilities.h"
#include "backend/xml/domain_def.h"

struct definition {
	struct domain_def *def;		/* resolved */
	struct capabilities *capabilities;
	bool had_uuid;			/* in the text */
};

/* source is what errors call the text; flags are resolve()'s. */
bool definition_parse(struct definition *d, const struct paths *paths, const char *text,
		      size_t len, const char *source, unsigned flags, struct error **err);
void definition_done(struct definition *d);

/* What this version does not act on, said rather than dropped in silence:
 * [{line, element, what, why}]; the caller puts it. */
struct json_object *definition_ignored(const struct definition *d);

#endif
