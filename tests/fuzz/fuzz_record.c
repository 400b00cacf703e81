/*
 * Any JSON as a run record: every field may be missing or absurd.
 */
#include "backend/base/json.h"
#include "backend/store/record.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_object *o = json_parse((const char *)data, size, NULL);
	struct record r = { 0 };

	if (!o)
		return 0;
	record_take(&r, o);
	must(r.state && r.reason && r.why && r.boot_id);
	must(record_look(&r) <= RECORD_GONE);
	record_done(&r);
	json_object_put(o);
	return 0;
}
