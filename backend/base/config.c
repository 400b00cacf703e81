/*
 * config: see config.h.
 */
#include "backend/base/config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/units.h"

static bool key_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && isspace((unsigned char)*p))
		p++;
	return p;
}

/* "quoted text" up to its closing quote; *p is behind that. NULL: none. */
static char *take_quoted(const char **p, const char *end)
{
	struct buf out = BUF_INIT;

	for ((*p)++; *p < end && **p != '"'; (*p)++) {
		if (**p == '\\' && *p + 1 < end)
			(*p)++;
		buf_add_char(&out, **p);
	}
	if (*p == end) {
		buf_done(&out);
		return NULL;
	}
	(*p)++;
	return buf_steal(&out);
}

static char *take_plain(const char **p, const char *end)
{
	const char *start = *p;

	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	*p = end;
	return mem_strndup(start, (size_t)(end - start));
}

static bool take_line(struct config *c, const char *p, const char *end, int line,
		      struct error **err)
{
	struct config_line *l;
	const char *key = p = skip_blanks(p, end);
	const char *key_end;
	char *value;

	if (p == end || *p == '#')
		return true;
	while (p < end && key_char(*p))
		p++;
	key_end = p;
	p = skip_blanks(p, end);
	if (key == key_end || p == end || *p != '=') {
		error_set(err, "%s:%d: expected 'key = value'", c->name, line);
		return false;
	}
	p = skip_blanks(p + 1, end);
	value = p < end && *p == '"' ? take_quoted(&p, end) : take_plain(&p, end);
	p = skip_blanks(p, end);
	if (!value || (p < end && *p != '#')) {
		error_set(err, value ? "%s:%d: text behind the closing quote" :
			  "%s:%d: no closing quote", c->name, line);
		free(value);
		return false;
	}
	l = MEM_PUSH(c->lines, c->n_lines);
	*l = (struct config_line){ mem_strndup(key, (size_t)(key_end - key)), value, line };
	return true;
}

struct config *config_parse(const char *text, size_t len, const char *name, struct error **err)
{
	struct config *c = mem_zalloc(sizeof(*c));
	const char *end = text + len;
	int line = 0;

	c->name = mem_strdup(name);
	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *stop = nl ? nl : end;

		if (memchr(text, '\0', (size_t)(stop - text))) {
			error_set(err, "%s:%d: a NUL byte", name, line + 1);
			config_free(c);
			return NULL;
		}
		if (!take_line(c, text, stop, ++line, err)) {
			config_free(c);
			return NULL;
		}
		text = stop + 1;
	}
	return c;
}

struct config *config_read(const char *path, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT;

	if (access(path, F_OK) == 0 && !file_read(path, CONFIG_MAX, &text, err))
		return NULL;
	return config_parse(buf_text(&text), text.len, path, err);
}

struct config *config_read_main(const struct paths *p, struct error **err)
{
	AUTO_FREE char *path = mem_printf("%s/virtty.conf", p->config);

	return config_read(path, err);
}

void config_free(struct config *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n_lines; i++) {
		free(c->lines[i].key);
		free(c->lines[i].value);
	}
	free(c->lines);
	free(c->name);
	free(c);
}

const struct config_line *config_next(const struct config *c, const char *key,
				      const struct config_line *after)
{
	size_t i = after ? (size_t)(after - c->lines) + 1 : 0;

	for (; c && i < c->n_lines; i++)
		if (!strcmp(c->lines[i].key, key))
			return &c->lines[i];
	return NULL;
}

const char *config_get(const struct config *c, const char *key, const char *fallback)
{
	for (const struct config_line *l = NULL; (l = config_next(c, key, l)); )
		fallback = l->value;
	return fallback;
}

bool config_flag(const struct config *c, const char *key, bool fallback)
{
	static const char *const yes[] = { "yes", "on", "true", "1" };
	static const char *const no[] = { "no", "off", "false", "0" };
	const char *value = config_get(c, key, NULL);

	for (size_t i = 0; value && i < ARRAY_SIZE(yes); i++) {
		if (!strcasecmp(value, yes[i]))
			return true;
		if (!strcasecmp(value, no[i]))
			return false;
	}
	return fallback;
}

int64_t config_int(const struct config *c, const char *key, int64_t fallback)
{
	int64_t value;

	return units_i64(config_get(c, key, NULL), &value) ? value : fallback;
}
