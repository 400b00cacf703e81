/*
 * paths: see paths.h.
 */
#include "backend/base/paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"

#ifndef VIRTTY_LIBEXECDIR
#define VIRTTY_LIBEXECDIR "/usr/local/libexec/virtty"
#endif

/* $variable/virtty, or $HOME/fallback/virtty; a relative value is ignored, as
 * the XDG base directory specification asks. */
static char *xdg(const char *variable, const char *fallback, struct error **err)
{
	const char *value = getenv(variable), *home = getenv("HOME");

	if (value && value[0] == '/')
		return mem_printf("%s/virtty", value);
	if (fallback && home && home[0] == '/')
		return mem_printf("%s/%s/virtty", home, fallback);
	error_set(err, "neither %s nor HOME names an absolute directory", variable);
	return NULL;
}

static bool owned_directory(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

/* Without a login session there may be no XDG_RUNTIME_DIR (su, cron): logind's
 * directory if it is there, else a place in the state directory. */
static char *session_runtime(const char *state)
{
	const char *value = getenv("XDG_RUNTIME_DIR");
	AUTO_FREE char *logind = mem_printf("/run/user/%u", (unsigned)geteuid());

	if (value && value[0] == '/')
		return mem_printf("%s/virtty", value);
	if (!getenv("XDG_STATE_HOME") && owned_directory(logind))
		return mem_printf("%s/virtty", logind);
	return mem_printf("%s/runtime", state);
}

bool paths_init(struct paths *p, bool system, struct error **err)
{
	*p = (struct paths){ .system = system };
	if (system) {
		p->config = mem_strdup("/etc/virtty");
		p->data = mem_strdup("/var/lib/virtty");
		p->state = mem_strdup("/var/log/virtty");
		p->cache = mem_strdup("/var/cache/virtty");
		p->runtime = mem_strdup("/run/virtty");
		return true;
	}
	p->config = xdg("XDG_CONFIG_HOME", ".config", err);
	p->data = p->config ? xdg("XDG_DATA_HOME", ".local/share", err) : NULL;
	p->state = p->data ? xdg("XDG_STATE_HOME", ".local/state", err) : NULL;
	p->cache = p->state ? xdg("XDG_CACHE_HOME", ".cache", err) : NULL;
	if (!p->cache) {
		paths_done(p);
		return false;
	}
	p->runtime = session_runtime(p->state);
	return true;
}

void paths_done(struct paths *p)
{
	free(p->config);
	free(p->data);
	free(p->state);
	free(p->cache);
	free(p->runtime);
	*p = (struct paths){ .system = false };
}

static bool create_below(const char *base, const char *name, struct error **err)
{
	AUTO_FREE char *path = mem_printf("%s/%s", base, name);

	return file_make_dirs(path, true, err);
}

bool paths_create(const struct paths *p, struct error **err)
{
	return file_make_dirs(p->data, true, err) &&
		file_make_dirs(p->state, true, err) &&
		file_make_dirs(p->cache, true, err) &&
		file_make_dirs(p->runtime, true, err) &&
		create_below(p->data, "domains", err) &&
		create_below(p->data, "domains/history", err) &&
		create_below(p->data, "domains/autostart", err) &&
		create_below(p->state, "guests", err) &&
		create_below(p->state, "running", err) &&
		create_below(p->state, "stopped", err);
}

char *paths_domains_dir(const struct paths *p)
{
	return mem_printf("%s/domains", p->data);
}

char *paths_domain_xml(const struct paths *p, const char *uuid)
{
	return mem_printf("%s/domains/%s.xml", p->data, uuid);
}

char *paths_guest_dir(const struct paths *p, const char *uuid)
{
	return mem_printf("%s/guests/%s", p->state, uuid);
}

char *paths_guest_file(const struct paths *p, const char *uuid, const char *file)
{
	return mem_printf("%s/guests/%s/%s", p->state, uuid, file);
}

char *paths_running_record(const struct paths *p, const char *uuid)
{
	return mem_printf("%s/running/%s.json", p->state, uuid);
}

char *paths_stopped_record(const struct paths *p, const char *uuid)
{
	return mem_printf("%s/stopped/%s.json", p->state, uuid);
}

char *paths_runtime_dir(const struct paths *p, const char *uuid)
{
	return mem_printf("%s/%s", p->runtime, uuid);
}

char *paths_runtime_file(const struct paths *p, const char *uuid, const char *file)
{
	return mem_printf("%s/%s/%s", p->runtime, uuid, file);
}

char *paths_images_dir(const struct paths *p)
{
	return mem_printf("%s/images", p->data);
}

char *paths_supervisor_program(void)
{
	static const char *const places[] = { "", "../libexec/virtty/" };
	const char *given = getenv("VIRTTY_SUPERVISOR");
	char self[PATH_MAX], *slash;
	ssize_t n;

	if (given && *given)
		return mem_strdup(given);
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	for (size_t i = 0; slash && i < ARRAY_SIZE(places); i++) {
		char *path = mem_printf("%.*s/%svirtty-supervisor", (int)(slash - self), self, places[i]);

		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return mem_strdup(VIRTTY_LIBEXECDIR "/virtty-supervisor");
}
