/*
 * uri: which connection is meant, as libvirt's clients decide it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/config.h"
#include "backend/base/mem.h"
#include "backend/connection/internal.h"

#define SESSION "qmp:///session"
#define SYSTEM "qmp:///system"

static const char *default_uri(const struct config *config)
{
	const char *given = getenv("VIRTTY_DEFAULT_URI");

	if (given && *given)
		return given;
	return config_get(config, "uri_default", geteuid() == 0 ? SYSTEM : SESSION);
}

/* uri_aliases = NAME=URI NAME=URI ..., commas allowed, on any number of lines;
 * NULL when the name is none of them. */
static char *follow_alias(const struct config *config, const char *name)
{
	const struct config_line *line = NULL;

	while ((line = config_next(config, "uri_aliases", line))) {
		AUTO_FREE char *copy = mem_strdup(line->value);
		char *save = NULL, *pair = strtok_r(copy, ", \t", &save);

		for (; pair; pair = strtok_r(NULL, ", \t", &save)) {
			char *equals = strchr(pair, '=');

			if (equals && (size_t)(equals - pair) == strlen(name) &&
			    !strncmp(pair, name, strlen(name)))
				return mem_strdup(equals + 1);
		}
	}
	return NULL;
}

/* The config to read names the connection, and lies in its directory: root
 * without a given URI looks where the system connection keeps its own. */
static struct config *read_config(struct error **err)
{
	struct config *config;
	struct paths p;

	if (!paths_init(&p, geteuid() == 0 && !getenv("XDG_CONFIG_HOME"), err))
		return NULL;
	config = config_read_main(&p, err);
	paths_done(&p);
	return config;
}

static bool known(const char *uri)
{
	return !strcmp(uri, SESSION) || !strcmp(uri, SYSTEM);
}

static void refuse(const char *uri, struct error **err)
{
	error_set(err, "connect to '%s': unknown URI", uri);
	if (!strncmp(uri, "qemu:", 5))
		error_hint(err, "virtty needs no libvirtd: use %s or %s", SESSION, SYSTEM);
	else
		error_hint(err, "use %s, %s, or an alias from uri_aliases in virtty.conf",
			   SESSION, SYSTEM);
}

bool uri_resolve(struct connection *c, const char *uri, struct error **err)
{
	struct config *config = NULL;
	char *alias;

	if (!uri || !*uri || !known(uri)) {
		config = read_config(err);
		if (!config)
			return false;
	}
	if (!uri || !*uri)
		uri = default_uri(config);
	alias = known(uri) ? NULL : follow_alias(config, uri);
	c->uri = alias ? alias : mem_strdup(uri);
	config_free(config);
	if (!known(c->uri)) {
		refuse(c->uri, err);
		return false;
	}
	return paths_init(&c->paths, !strcmp(c->uri, SYSTEM), err);
}
