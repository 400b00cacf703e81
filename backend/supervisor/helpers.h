/*
 * helpers: the programs a guest needs beside QEMU (swtpm, virtiofsd), started
 * before it and ended with it.
 */
#ifndef BACKEND_SUPERVISOR_HELPERS_H
#define BACKEND_SUPERVISOR_HELPERS_H

#include <stdbool.h>

#include "backend/base/error.h"
#include "backend/base/json.h"

/* list is the plan's "helpers" (may be NULL); returns when all their sockets
 * are there.  Their processes are added to the record as "helpers". */
bool helpers_start(struct json_object *list, const char *guest_dir, int log_fd,
		   struct json_object *record, struct error **err);

/* End those of the record, ours or a dead supervisor's. */
void helpers_end(struct json_object *record);

#endif
