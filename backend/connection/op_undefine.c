/*
 * op_undefine: take a definition away, with its storage if that is asked.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/connection/internal.h"
#include "backend/xml/document.h"
#include "backend/xml/node.h"

struct removal {
	char **others;			/* uuids of all other domains, ends in NULL */
	bool running;
	struct json_object *removed, *kept;
};

static void removal_free(void *data)
{
	struct removal *r = data;

	mem_free_strv(r->others);
	json_object_put(r->removed);
	json_object_put(r->kept);
	free(r);
}

static void keep(struct removal *r, const char *path, const char *why)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "path", path);
	json_set_str(o, "why", why);
	json_push(r->kept, o);
}

static bool uses(const struct document *d, const char *path)
{
	NODE_EACH(disk, node_child(document_root(d), "devices"), "disk")
		if (node_is(disk, "source/@file", path) || node_is(disk, "source/@dev", path))
			return true;
	return false;
}

/* The name of another definition that has this image as a disk, or NULL. */
static char *user_of(struct call *call, const struct removal *r, const char *path)
{
	for (size_t i = 0; r->others[i]; i++) {
		AUTO_BUF struct buf text = BUF_INIT;
		struct document *d;
		char *name = NULL;

		if (!store_load(call->c->store, r->others[i], &text, NULL, NULL))
			continue;
		d = document_parse(buf_text(&text), text.len, r->others[i], NULL);
		if (d && uses(d, path))
			name = mem_strdup(node_get(document_root(d), "name"));
		document_free(d);
		if (name)
			return name;
	}
	return NULL;
}

static void remove_path(struct removal *r, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0 && errno == ENOENT)
		return;
	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
		keep(r, path, "it is not a regular file");
	else if (unlink(path) < 0)
		keep(r, path, strerror(errno));
	else
		json_push_str(r->removed, path);
}

static void remove_disk(struct call *call, struct removal *r, const xmlNode *disk)
{
	const char *path = node_get(disk, "source/@file");
	AUTO_FREE char *other = NULL;

	if (!path || node_is(disk, "@device", "cdrom") || node_is(disk, "@device", "floppy"))
		return;
	other = user_of(call, r, path);
	if (node_has(disk, "readonly"))
		keep(r, path, "it is read-only");
	else if (node_has(disk, "shareable"))
		keep(r, path, "it is shareable");
	else if (other) {
		AUTO_FREE char *why = mem_printf("domain '%s' uses it", other);

		keep(r, path, why);
	} else
		remove_path(r, path);
}

static void remove_files(struct call *call, struct removal *r, const struct document *d)
{
	xmlNode *root = document_root(d);
	const char *nvram = node_get(root, "os/nvram");

	if (json_flag(call->args, "remove_all_storage", false))
		NODE_EACH(disk, node_child(root, "devices"), "disk")
			remove_disk(call, r, disk);
	if (nvram && json_flag(call->args, "nvram", false))
		remove_path(r, nvram);
	else if (nvram && access(nvram, F_OK) == 0)
		keep(r, nvram, "the variable store was not asked to be removed");
}

static void run_undefine(struct call *call)
{
	struct removal *r = call->data;
	AUTO_FREE char *stopped = paths_stopped_record(&call->c->paths, call->uuid);
	AUTO_BUF struct buf text = BUF_INIT;
	struct document *d;

	if (!store_load(call->c->store, call->uuid, &text, NULL, &call->err) ||
	    !store_undefine(call->c->store, call->uuid, &call->err))
		return;
	d = document_parse(buf_text(&text), text.len, call->uuid, NULL);
	if (d)
		remove_files(call, r, d);
	document_free(d);
	if (!r->running)
		unlink(stopped);
	call->result = json_object_new_object();
	json_set(call->result, "removed", MEM_STEAL(r->removed));
	json_set(call->result, "kept", MEM_STEAL(r->kept));
}

static void on_undefined(struct call *call)
{
	model_refresh(call->c, call->uuid);
	call_end(call);
}

static char **other_uuids(const struct connection *c, const char *uuid)
{
	char **list = mem_zalloc((c->n_domains + 1) * sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < c->n_domains; i++)
		if (c->by_uuid[i]->pub.persistent && strcmp(c->by_uuid[i]->pub.uuid, uuid))
			list[n++] = mem_strdup(c->by_uuid[i]->pub.uuid);
	return list;
}

void op_undefine(struct call *call)
{
	struct guest *g = call_guest(call);
	struct removal *r;
	bool running = guest_runs(g);

	if (!g->pub.persistent) {
		call_fail_text(call, "undefine: domain '%s' is transient: it has no definition",
			       g->pub.name);
		return;
	}
	if (running && (json_flag(call->args, "remove_all_storage", false) ||
			json_flag(call->args, "nvram", false))) {
		call_fail_text(call, "undefine: domain '%s' is running: its storage is in use",
			       g->pub.name);
		return;
	}
	r = mem_zalloc(sizeof(*r));
	*r = (struct removal){ other_uuids(call->c, call->uuid), running,
		json_object_new_array(), json_object_new_array() };
	call->data = r;
	call->free_data = removal_free;
	call_work(call, run_undefine, on_undefined);
}
