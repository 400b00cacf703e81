/*
 * live: what a guest's run record tells beyond the model, for the operations.
 */
#ifndef BACKEND_CONNECTION_LIVE_H
#define BACKEND_CONNECTION_LIVE_H

#include "backend/connection/internal.h"

/* The record of the present run or the last; NULL when there is none. The
 * caller puts it. */
struct json_object *live_record(struct connection *c, const struct guest *g);

/* An array of it and its length, 0 when it is missing; borrowed. */
struct json_object *live_array(struct json_object *record, const char *key, size_t *n);

/* The terminal device behind the link of a console; NULL. The caller frees. */
char *live_pty(struct json_object *console);

#endif
