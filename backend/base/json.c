/*
 * json: see json.h.
 */
#include "backend/base/json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"

struct json_object *json_parse(const char *text, size_t len, struct error **err)
{
	struct json_tokener *tok = json_tokener_new_ex(JSON_MAX_DEPTH);
	struct json_object *o = NULL;
	enum json_tokener_error why;

	if (len > INT32_MAX - 1) {
		error_set(err, "JSON text of %zu bytes is too long", len);
		json_tokener_free(tok);
		return NULL;
	}
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, text, (int)len);
	why = json_tokener_get_error(tok);
	/* A bare number ends only at the end of input. */
	if (why == json_tokener_continue) {
		o = json_tokener_parse_ex(tok, "", 1);
		why = json_tokener_get_error(tok);
	}
	if (why != json_tokener_success) {
		error_set(err, "not JSON: %s at byte %zu",
			  json_tokener_error_desc(why), json_tokener_get_parse_end(tok));
		json_object_put(o);
		o = NULL;
	}
	json_tokener_free(tok);
	return o;
}

struct json_object *json_read_file(const char *path, size_t max, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT;
	struct json_object *o;

	if (!file_read(path, max, &text, err))
		return NULL;
	o = json_parse(buf_text(&text), text.len, err);
	if (!o)
		error_prepend(err, "'%s'", path);
	return o;
}

struct json_object *json_get(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	if (o && json_object_is_type(o, json_type_object))
		json_object_object_get_ex(o, key, &value);
	return value;
}

struct json_object *json_path(struct json_object *o, ...)
{
	va_list ap;
	const char *key;

	va_start(ap, o);
	while (o && (key = va_arg(ap, const char *)))
		o = json_get(o, key);
	va_end(ap);
	return o;
}

const char *json_str(struct json_object *o, const char *key)
{
	struct json_object *v = json_get(o, key);

	return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : NULL;
}

size_t json_length(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

int64_t json_int(struct json_object *o, const char *key, int64_t fallback)
{
	struct json_object *v = json_get(o, key);

	return json_object_is_type(v, json_type_int) ? json_object_get_int64(v) : fallback;
}

double json_number(struct json_object *o, const char *key, double fallback)
{
	struct json_object *v = json_get(o, key);

	if (json_object_is_type(v, json_type_int) || json_object_is_type(v, json_type_double))
		return json_object_get_double(v);
	return fallback;
}

bool json_flag(struct json_object *o, const char *key, bool fallback)
{
	struct json_object *v = json_get(o, key);

	return json_object_is_type(v, json_type_boolean) ? json_object_get_boolean(v) : fallback;
}

void json_set(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

void json_set_str(struct json_object *o, const char *key, const char *value)
{
	if (value)
		json_set(o, key, json_object_new_string(value));
}

void json_set_int(struct json_object *o, const char *key, int64_t value)
{
	json_set(o, key, json_object_new_int64(value));
}

void json_set_bool(struct json_object *o, const char *key, bool value)
{
	json_set(o, key, json_object_new_boolean(value));
}

void json_push(struct json_object *array, struct json_object *value)
{
	json_object_array_add(array, value);
}

void json_push_str(struct json_object *array, const char *value)
{
	json_push(array, json_object_new_string(value));
}

const char *json_text(struct json_object *o)
{
	return json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
					     JSON_C_TO_STRING_NOSLASHESCAPE);
}
