/*
 * image_user: see image_user.h.
 */
#include "backend/connection/image_user.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/xml/document.h"
#include "backend/xml/node.h"

struct user {
	char uuid[37];
	char *name;
};

struct image_users {
	struct user *list;
	size_t n;
};

bool image_users_needed(const char *message)
{
	return message && strstr(message, "Failed to get ") && strstr(message, " lock");
}

struct image_users *image_users_new(const struct connection *c, const char *but_uuid)
{
	struct image_users *u = mem_zalloc(sizeof(*u));

	for (size_t i = 0; i < c->n_domains; i++) {
		const struct guest *g = c->by_uuid[i];
		struct user *user;

		if (!g->recorded || g->life == RECORD_GONE || !strcmp(g->pub.uuid, but_uuid))
			continue;
		user = MEM_PUSH(u->list, u->n);
		memcpy(user->uuid, g->pub.uuid, sizeof(user->uuid));
		user->name = mem_strdup(g->pub.name);
	}
	return u;
}

void image_users_free(struct image_users *u)
{
	if (!u)
		return;
	for (size_t i = 0; i < u->n; i++)
		free(u->list[i].name);
	free(u->list);
	free(u);
}

/* "Is another process using the image [PATH]?" */
static char *image_in(const char *message)
{
	const char *open = strstr(message, "image [");
	const char *shut = open ? strstr(open, "]?") : NULL;

	return shut ? mem_strndup(open + 7, (size_t)(shut - open) - 7) : NULL;
}

static bool has_disk(const struct document *d, const char *image)
{
	NODE_EACH(disk, node_child(document_root(d), "devices"), "disk")
		if (node_is(disk, "source/@file", image) || node_is(disk, "source/@dev", image))
			return true;
	return false;
}

static bool uses(const struct user *user, const struct paths *paths, const char *image)
{
	AUTO_FREE char *path = paths_guest_file(paths, user->uuid, "live.xml");
	AUTO_BUF struct buf text = BUF_INIT;
	struct document *d;
	bool found;

	if (!file_read(path, DOCUMENT_MAX, &text, NULL))
		return false;
	d = document_parse(buf_text(&text), text.len, path, NULL);
	found = d && has_disk(d, image);
	document_free(d);
	return found;
}

bool image_users_explain(const struct image_users *u, const struct paths *paths,
			 struct error **err)
{
	AUTO_FREE char *image = image_in(error_message(*err));

	if (!image)
		return false;
	error_free(*err);
	*err = NULL;
	for (size_t i = 0; i < u->n; i++) {
		const char *name = u->list[i].name;

		if (!uses(&u->list[i], paths, image))
			continue;
		error_set(err, "image '%s' is open in domain '%s' (running)", image, name);
		error_hint(err, "shut '%s' down, or make the disk <shareable/> or <readonly/> in both",
			   name);
		return true;
	}
	error_set(err, "image '%s' is open in another process", image);
	error_hint(err, "find it with: fuser -v '%s'", image);
	return true;
}
