/*
 * Any JSON as a launch plan: refused, or whole; and what is stored of it holds
 * no secret.
 */
#include <string.h>

#include "backend/supervisor/plan.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_object *json = json_parse((const char *)data, size, NULL), *stored;
	struct error *err = NULL;
	struct plan *p;

	if (!json)
		return 0;
	p = plan_new(json, &err);
	must((p == NULL) == (err != NULL));
	error_free(err);
	if (!p)
		return 0;
	must(p->uuid && p->name && p->emulator && p->monitor && p->guest_dir);
	must(p->guest_dir[0] == '/' && p->running_record[0] == '/' && strlen(p->uuid) == 36);
	stored = plan_to_store(p);
	must(!json_get(stored, "secrets"));
	json_object_put(stored);
	free(plan_machine(p));
	plan_trim(p);
	plan_free(p);
	return 0;
}
