/*
 * json: short words for json-c, so that reading a record is one line a field.
 *
 * Parsing is strict (json-c's STRICT, VALIDATE_UTF8), bounded in depth, and
 * keeps 64-bit integers.  The readers never fail: a missing or ill-typed key is
 * NULL, the fallback, or false.  `const char *` is borrowed from the object.
 * Ownership is json-c's: json_object_put() what you got from json_parse.
 */
#ifndef BACKEND_BASE_JSON_H
#define BACKEND_BASE_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/base/error.h"

#define JSON_MAX_DEPTH 64

static inline void json_auto_put(struct json_object **o)
{
	json_object_put(*o);
}
#define AUTO_JSON __attribute__((cleanup(json_auto_put)))

/* One complete value, nothing but white space behind it.  A JSON null parses
 * to NULL as well, so *err tells; pass one. */
struct json_object *json_parse(const char *text, size_t len, struct error **err);
struct json_object *json_read_file(const char *path, size_t max, struct error **err);

struct json_object *json_get(struct json_object *o, const char *key);
/* Follow keys down: json_path(o, "data", "info", NULL). */
struct json_object *json_path(struct json_object *o, ...) __attribute__((sentinel));
const char *json_str(struct json_object *o, const char *key);
/* 0 for what is not an array: json_object_array_length() aborts. */
size_t json_length(struct json_object *array);
int64_t json_int(struct json_object *o, const char *key, int64_t fallback);
double json_number(struct json_object *o, const char *key, double fallback);
bool json_flag(struct json_object *o, const char *key, bool fallback);

/* NULL string: nothing is set. */
void json_set_str(struct json_object *o, const char *key, const char *value);
void json_set_int(struct json_object *o, const char *key, int64_t value);
void json_set_bool(struct json_object *o, const char *key, bool value);
/* Takes the value over. */
void json_set(struct json_object *o, const char *key, struct json_object *value);
/* Takes the value over. */
void json_push(struct json_object *array, struct json_object *value);
void json_push_str(struct json_object *array, const char *value);

/* Compact, '/' unescaped; borrowed until the next change of the object. */
const char *json_text(struct json_object *o);

#endif
