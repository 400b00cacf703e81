/*
 * kept: see kept.h.
 */
#include "views/kept.h"

#include <stdlib.h>

#include "backend/base/buf.h"
#include "backend/base/config.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/paths.h"

static char *kept_path(void)
{
	struct paths p;
	char *path;

	if (!paths_init(&p, false, NULL))
		return NULL;
	path = mem_printf("%s/interface", p.state);
	paths_done(&p);
	return path;
}

void kept_load(struct kept *k)
{
	AUTO_FREE char *path = kept_path();
	struct config *c = path ? config_read(path, NULL) : NULL;

	k->selected = mem_strdup(config_get(c, "selected", NULL));
	k->filter = mem_strdup(config_get(c, "filter", NULL));
	k->order = mem_strdup(config_get(c, "order", NULL));
	k->console = mem_strdup(config_get(c, "console", NULL));
	config_free(c);
}

static void add(struct buf *out, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	buf_printf(out, "%s = \"", key);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *value);
	}
	buf_add_str(out, "\"\n");
}

void kept_save(const struct kept *k)
{
	AUTO_FREE char *path = kept_path();
	AUTO_BUF struct buf text = BUF_INIT;

	add(&text, "selected", k->selected);
	add(&text, "filter", k->filter);
	add(&text, "order", k->order);
	add(&text, "console", k->console);
	if (path)
		file_replace(path, buf_text(&text), text.len, 0600, NULL);
}

void kept_done(struct kept *k)
{
	free(k->selected);
	free(k->filter);
	free(k->order);
	free(k->console);
}
