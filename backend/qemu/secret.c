/*
 * secret: values that QEMU needs and nobody may read off its command line.
 *
 * A secret is a file of its own, readable by the owner alone, in the data
 * directory: secrets/UUID, or secrets/usage-NAME (bytes other than letters,
 * digits, '.', '_' and '-' as %XX).  QEMU opens it by path; the plan and argv
 * hold the path only.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

static char *usage_path(const struct paths *paths, const char *usage)
{
	struct buf p = BUF_INIT;

	buf_printf(&p, "%s/secrets/usage-", paths->data);
	for (const char *c = usage; *c; c++)
		if (isalnum((unsigned char)*c) || strchr("._-", *c))
			buf_add_char(&p, *c);
		else
			buf_printf(&p, "%%%02X", (unsigned char)*c);
	return buf_steal(&p);
}

static bool check_file(struct builder *b, const xmlNode *node, const char *path)
{
	struct stat st;

	if (b->options->explain)
		return true;
	if (stat(path, &st) < 0) {
		fail(b, node, "<secret>: its value is not there: '%s'", path);
		return fail_hint(b, "write it into that file with mode 0600 (umask 077; printf %%s VALUE > FILE)");
	}
	if (st.st_mode & 077) {
		fail(b, node, "<secret>: others may read '%s'", path);
		return fail_hint(b, "chmod 600 '%s'", path);
	}
	return true;
}

bool add_secret(struct builder *b, const xmlNode *node, const char *id, const char *format)
{
	const char *uuid = node_get(node, "@uuid"), *usage = node_get(node, "@usage");
	AUTO_FREE char *path = NULL;
	char clean[UUID_TEXT];
	struct json_object *o;

	if (!node)
		return fail(b, b->origin, "<%s> needs a <secret>", b->origin ? node_name(b->origin) : "encryption");
	if (uuid && !domain_uuid_parse(uuid, clean))
		return fail(b, node, "<secret uuid='%s'>: not a uuid", uuid);
	if (!uuid && !usage)
		return fail(b, node, "<secret> needs uuid='...' or usage='...'");
	path = uuid ? mem_printf("%s/secrets/%s", b->paths->data, clean) : usage_path(b->paths, usage);
	if (!check_file(b, node, path))
		return false;
	o = json_object_new_object();
	json_set_str(o, "qom-type", "secret");
	json_set_str(o, "id", id);
	json_set_str(o, "format", format);
	json_set_str(o, "file", path);
	return object_add(b, node, o);
}

void add_private_file(struct builder *b, const char *name, const char *text)
{
	AUTO_FREE char *path = paths_guest_file(b->paths, b->def->uuid, name);
	struct json_object *o = json_object_new_object();

	json_set_str(o, "path", path);
	json_set_str(o, "text", text);
	json_push(b->files, o);
}

bool add_tls(struct builder *b, const xmlNode *node, const char *id, const char *dir, bool server,
	     bool verify)
{
	struct json_object *o = json_object_new_object();

	json_set_str(o, "qom-type", "tls-creds-x509");
	json_set_str(o, "id", id);
	json_set_str(o, "dir", dir);
	json_set_str(o, "endpoint", server ? "server" : "client");
	json_set_bool(o, "verify-peer", verify);
	return object_add(b, node, o);
}
