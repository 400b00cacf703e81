/*
 * firmware: see firmware.h.
 */
#include "backend/qemu/firmware.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/json.h"
#include "backend/base/mem.h"
#include "backend/qemu/resolver.h"

#define DESCRIPTOR_MAX (1u << 20)
#define HINT "install UEFI firmware for virtual machines (Debian: apt install ovmf)"

struct list {
	char **path;
	size_t n;
};

void firmware_done(struct firmware *f)
{
	free(f->loader);
	free(f->loader_format);
	free(f->nvram);
	free(f->nvram_format);
	free(f->nvram_template);
	free(f->template_format);
	*f = (struct firmware){ .loader = NULL };
}

/* --- the descriptors --------------------------------------------------------- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool known(const struct list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(base_name(l->path[i]), name))
			return true;
	return false;
}

static void add_directory(struct list *l, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		size_t len = strlen(e->d_name);

		if (len > 5 && !strcmp(e->d_name + len - 5, ".json") && !known(l, e->d_name))
			*MEM_PUSH(l->path, l->n) = mem_printf("%s/%s", dir, e->d_name);
	}
	if (d)
		closedir(d);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(base_name(*(char *const *)a), base_name(*(char *const *)b));
}

static struct list descriptors(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	AUTO_FREE char *own = config && *config == '/' ? mem_printf("%s/qemu/firmware", config)
		: mem_printf("%s/.config/qemu/firmware", home ? home : "");
	struct list l = { NULL, 0 };

	add_directory(&l, own);
	add_directory(&l, "/etc/qemu/firmware");
	add_directory(&l, "/usr/share/qemu/firmware");
	if (l.n)
		qsort(l.path, l.n, sizeof(*l.path), by_name);
	return l;
}

static void list_done(struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->path[i]);
	free(l->path);
}

static bool array_has(struct json_object *array, const char *word)
{
	size_t n = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *s = json_object_get_string(json_object_array_get_idx(array, i));

		if (s && !strcmp(s, word))
			return true;
	}
	return false;
}

static bool target_matches(struct json_object *d, const struct domain_def *def)
{
	struct json_object *targets = json_get(d, "targets");
	size_t n = json_object_is_type(targets, json_type_array) ? json_object_array_length(targets) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *t = json_object_array_get_idx(targets, i), *m = json_get(t, "machines");
		const char *arch = json_str(t, "architecture");
		size_t k = json_object_is_type(m, json_type_array) ? json_object_array_length(m) : 0;

		if (!arch || strcmp(arch, strcmp(def->arch, "i686") ? def->arch : "i386"))
			continue;
		for (size_t j = 0; j < k; j++)
			if (fnmatch(json_object_get_string(json_object_array_get_idx(m, j)), def->machine, 0) == 0)
				return true;
	}
	return false;
}

struct wish {
	int secure, enrolled;	/* -1: does not matter */
	bool smm_off, stateless;
};

static int feature_wish(const xmlNode *os, const char *name)
{
	NODE_EACH(f, node_child(os, "firmware"), "feature")
		if (node_is(f, "@name", name))
			return node_bool(f, "@enabled", -1);
	return -1;
}

static struct wish read_wish(const xmlNode *root, const xmlNode *os)
{
	struct wish w = { .secure = feature_wish(os, "secure-boot"), .enrolled = feature_wish(os, "enrolled-keys") };

	if (node_has(os, "loader/@secure") && w.secure < 0)
		w.secure = node_bool(os, "loader/@secure", -1);
	w.smm_off = node_bool(root, "features/smm/@state", 1) == 0;
	w.stateless = node_bool(os, "loader/@stateless", 0);
	return w;
}

static bool features_match(struct json_object *d, const struct wish *w)
{
	struct json_object *f = json_get(d, "features");
	bool secure = array_has(f, "secure-boot") && array_has(f, "requires-smm");
	bool enrolled = array_has(f, "enrolled-keys");

	if (array_has(f, "requires-smm") && w->smm_off)
		return false;
	if (w->secure >= 0 && secure != (w->secure == 1))
		return false;
	return w->enrolled < 0 || enrolled == (w->enrolled == 1);
}

static char *dup_at(struct json_object *o, const char *a, const char *b)
{
	return mem_strdup(json_str(json_get(o, a), b));
}

static void take(struct firmware *f, struct json_object *d)
{
	struct json_object *m = json_get(d, "mapping");
	const char *device = json_str(m, "device");

	f->secure = array_has(json_get(d, "features"), "requires-smm");
	f->pflash = device && !strcmp(device, "flash");
	if (!f->pflash) {
		f->loader = mem_strdup(json_str(m, "filename"));
		return;
	}
	f->loader_readonly = true;
	f->loader = dup_at(m, "executable", "filename");
	f->loader_format = dup_at(m, "executable", "format");
	f->nvram_template = dup_at(m, "nvram-template", "filename");
	f->template_format = dup_at(m, "nvram-template", "format");
}

static bool mapping_matches(struct json_object *d, const char *interface, const struct wish *w)
{
	struct json_object *m = json_get(d, "mapping");
	const char *device = json_str(m, "device"), *mode = json_str(m, "mode");

	if (!array_has(json_get(d, "interface-types"), interface) || !device)
		return false;
	if (!w->stateless)
		return true;
	return strcmp(device, "flash") || (mode && !strcmp(mode, "stateless"));
}

static const char *loader_of(struct json_object *d)
{
	struct json_object *m = json_get(d, "mapping");
	const char *exe = json_str(json_get(m, "executable"), "filename");

	return exe ? exe : json_str(m, "filename");
}

/* The first descriptor that fits; loader: only one of this very image. */
static bool choose(const struct domain_def *def, const char *interface, const struct wish *w,
		   const char *loader, struct firmware *f)
{
	struct list l = descriptors();
	bool found = false;

	for (size_t i = 0; i < l.n && !found; i++) {
		struct json_object *d = json_read_file(l.path[i], DESCRIPTOR_MAX, NULL);
		const char *exe = loader_of(d);

		if (loader)
			found = exe && !strcmp(exe, loader);
		else
			found = d && mapping_matches(d, interface, w) && target_matches(d, def) && features_match(d, w);
		if (found)
			take(f, d);
		json_object_put(d);
	}
	list_done(&l);
	return found;
}

/* --- what the XML says --------------------------------------------------------- */

static void set(char **to, const char *value)
{
	if (value) {
		free(*to);
		*to = mem_strdup(value);
	}
}

static const char *nvram_path(const xmlNode *os)
{
	const char *path = node_get(os, "nvram/source/@file");

	if (!path)
		path = node_get(os, "nvram/source/@dev");
	if (!path)
		path = node_get(os, "nvram");
	return path && *path ? path : NULL;
}

/* Where the variables of an image that no descriptor knows are by custom:
 * OVMF_CODE.secboot.fd comes with OVMF_VARS.fd. */
static char *template_by_name(const char *loader)
{
	const char *code = strstr(base_name(loader), "_CODE"), *dot = code ? strstr(code, ".secboot") : NULL;

	if (!code)
		return NULL;
	return mem_printf("%.*s_VARS%.*s%s", (int)(code - loader), loader,
			  (int)(dot ? dot - code - 5 : (long)strlen(code) - 5), code + 5, dot ? dot + 8 : "");
}

/* The guest's variable store: as given, else one of our own. */
static void find_nvram(const xmlNode *os, const struct domain_def *def, const struct paths *paths,
		       struct firmware *f)
{
	const char *given = nvram_path(os);
	bool network = node_is(os, "nvram/@type", "network");

	if (node_bool(os, "loader/@stateless", 0)) {
		free(f->nvram_template);
		f->nvram_template = NULL;
		return;
	}
	set(&f->nvram_template, node_get(os, "nvram/@template"));
	if (given || network)
		f->nvram = mem_strdup(given ? given : "");
	else if (!f->nvram_template && f->loader_readonly)
		f->nvram_template = template_by_name(f->loader);
	if (!f->nvram && f->nvram_template)
		f->nvram = mem_printf("%s/nvram/%s_VARS.fd", paths->data, def->uuid);
	set(&f->template_format, node_get(os, "nvram/@templateFormat"));
	f->nvram_format = mem_strdup(f->template_format ? f->template_format : "raw");
	if (node_has(os, "nvram/@format"))
		set(&f->nvram_format, node_get(os, "nvram/@format"));
}

static bool find_by_descriptor(const struct domain_def *def, const xmlNode *os, const char *interface,
			       struct firmware *f, struct error **err)
{
	struct wish w = read_wish(document_root(def->document), os);

	if (choose(def, interface, &w, NULL, f))
		return true;
	/* QEMU brings its own BIOS along, descriptor or not */
	if (!strcmp(interface, "bios") && !node_child(os, "nvram"))
		return true;
	document_error(def->document, os, err, "<os firmware='%s'>: no firmware descriptor fits machine '%s'%s%s",
		       node_get(os, "@firmware"), def->machine,
		       w.secure == 1 ? " with secure boot" : w.secure == 0 ? " without secure boot" : "",
		       w.enrolled == 1 ? " and enrolled keys" : w.stateless ? " and no variable store" : "");
	error_hint(err, HINT);
	return false;
}

static bool find_given(const struct domain_def *def, const xmlNode *os, const char *loader, struct firmware *f)
{
	const struct wish any = { .secure = -1, .enrolled = -1 };
	const char *type = node_get(os, "loader/@type");

	/* a known image brings its template along */
	if (type && !strcmp(type, "pflash"))
		choose(def, NULL, &any, loader, f);
	set(&f->loader, loader);
	set(&f->loader_format, node_get(os, "loader/@format"));
	f->pflash = type && !strcmp(type, "pflash");
	f->loader_readonly = node_bool(os, "loader/@readonly", f->pflash ? 0 : 1) == 1;
	f->secure = node_bool(os, "loader/@secure", 0) == 1;
	return true;
}

static bool check_secure(const struct domain_def *def, const xmlNode *os, const struct firmware *f,
			 struct error **err)
{
	const xmlNode *root = document_root(def->document);
	bool q35 = !strncmp(def->machine, "pc-q35", 6);

	if (!f->secure)
		return true;
	if (!q35) {
		document_error(def->document, os, err, "<loader secure='yes'>: secure boot needs machine q35, not '%s'", def->machine);
		return false;
	}
	if (node_bool(root, "features/smm/@state", 1) == 0 ||
	    (node_bool(os, "loader/@secure", 0) == 1 && !node_has(os, "@firmware") && !node_has(root, "features/smm"))) {
		document_error(def->document, os, err, "<loader secure='yes'>: secure boot needs <features><smm state='on'/>");
		return false;
	}
	return true;
}

bool firmware_find(const struct domain_def *def, const struct paths *paths,
		   struct firmware *f, struct error **err)
{
	const xmlNode *os = node_child(document_root(def->document), "os");
	const char *kind = node_get(os, "@firmware"), *loader = node_get(os, "loader");

	*f = (struct firmware){ .loader = NULL };
	if (loader && *loader)
		find_given(def, os, loader, f);
	else if (kind && !find_by_descriptor(def, os, strcmp(kind, "efi") ? kind : "uefi", f, err))
		return false;
	if (f->loader && f->pflash)
		find_nvram(os, def, paths, f);
	if (!f->loader_format)
		f->loader_format = mem_strdup("raw");
	if (f->nvram_template && f->template_format && strcmp(f->template_format, f->nvram_format)) {
		document_error(def->document, os, err, "<nvram format='%s'>: its template is of format '%s'; it is copied, not converted",
			       f->nvram_format, f->template_format);
		return false;
	}
	return check_secure(def, os, f, err);
}
