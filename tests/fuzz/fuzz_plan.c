/*
 * Any text from XML to the launch plan: refused with a message, or a plan
 * whose arguments are all there, and a definition in which nothing is left to
 * fill in.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/plan.h"
#include "backend/qemu/resolve.h"
#include "backend/xml/domain_def.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/capabilities_fixture.h"

static struct paths paths = {
	.config = (char *)(size_t)"/x/config", .data = (char *)(size_t)"/x/data",
	.state = (char *)(size_t)"/x/state", .cache = (char *)(size_t)"/x/cache",
	.runtime = (char *)(size_t)"/x/run",
};

static struct capabilities *caps(void)
{
	static struct capabilities *c;

	if (!c)
		c = capabilities_parse(capabilities_fixture, NULL);
	return c;
}

static void look(struct json_object *plan)
{
	struct json_object *argv = json_get(plan, "argv");
	char *line;

	must(json_object_array_length(argv) > 20);
	must(json_object_array_length(argv) == json_object_array_length(json_get(plan, "lines")));
	line = plan_shell_line(plan);
	must(line);
	free(line);
}

static void check_plan(struct domain_def *def)
{
	const struct plan_options options = { .explain = true };
	struct error *err = NULL;
	struct json_object *plan = plan_build(def, caps(), &paths, &options, &err);

	if (plan)
		look(plan);
	else
		must(err);
	json_object_put(plan);
	error_free(err);
}

/* What was resolved once is resolved. */
static void check_again(struct domain_def *def)
{
	char *once = document_text(def->document), *twice;

	must(resolve(def, caps(), RESOLVE_FIXED, NULL));
	twice = document_text(def->document);
	must(!strcmp(once, twice));
	free(once);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error *err = NULL;
	struct document *d = document_parse((const char *)data, size, "fuzz", &err);
	struct domain_def *def = d ? domain_def_parse(d, &err) : NULL;

	if (def && resolve(def, caps(), RESOLVE_FIXED, &err)) {
		check_again(def);
		check_plan(def);
	} else {
		must(err);
	}
	domain_def_free(def);
	error_free(err);
	return 0;
}
