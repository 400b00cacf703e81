/*
 * tests/xml: our own definitions, one for each group of elements.  Together
 * they use everything that domain.schema says works; each is accepted, nothing
 * in it is ignored, it is written as it was read, and an edit changes one place.
 * The same round trip over shared/corpus, where that is beside the project.
 */
#include <dirent.h>
#include <libxml/hash.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/xml/domain_def.h"
#include "backend/xml/node.h"
#include "tests/unit/tap.h"

static xmlHashTable *used;

static void note(const char *parent, const char *what, const char *name)
{
	AUTO_FREE char *key = mem_printf("%s/%s%s", parent, what, name);

	xmlHashAddEntry(used, BAD_CAST key, (void *)1);
}

static void note_all(const xmlNode *node)
{
	const char *name = node_name(node);

	for (const xmlAttr *a = node->properties; a; a = a->next)
		note(name, "@", (const char *)a->name);
	for (const xmlNode *n = node_first_element(node); n; n = node_next_element(n)) {
		note(name, "", node_name(n));
		note_all(n);
	}
}

/* "qemu:arg" is <arg> in the document. */
static const char *local(const char *name)
{
	return strncmp(name, "qemu:", 5) ? name : name + 5;
}

/* Walk the description: first marking what a file uses, then telling what none
 * does. What several elements share counts as used when one of them has it. */
static unsigned walk(const struct schema_item *item, xmlHashTable *seen, xmlHashTable *hit,
		     bool tell)
{
	AUTO_FREE char *identity = mem_printf("%p", (const void *)item);
	unsigned missing = 0;

	if (item->any || xmlHashAddEntry(seen, BAD_CAST identity, (void *)1))
		return 0;
	for (int kind = SCHEMA_ELEMENT; kind <= SCHEMA_ATTRIBUTE; kind++) {
		const struct schema_item **inside;
		size_t n;

		schema_inside(item, kind, &inside, &n);
		for (size_t i = 0; i < n; i++) {
			AUTO_FREE char *key = mem_printf("%s/%s%s", local(item->name),
							 kind == SCHEMA_ATTRIBUTE ? "@" : "",
							 local(inside[i]->name));
			AUTO_FREE char *which = mem_printf("%p", (const void *)inside[i]);

			if (inside[i]->status != SCHEMA_WORKS)
				continue;
			if (xmlHashLookup(used, BAD_CAST key))
				xmlHashAddEntry(hit, BAD_CAST which, (void *)1);
			if (tell && !xmlHashLookup(hit, BAD_CAST which)) {
				printf("# in no file of tests/xml: %s\n", key);
				missing++;
			}
			missing += walk(inside[i], seen, hit, tell);
		}
		free(inside);
	}
	return missing;
}

static unsigned count_unused(void)
{
	xmlHashTable *hit = xmlHashCreate(1024), *seen = xmlHashCreate(256);
	unsigned missing;

	walk(schema_root(), seen, hit, false);
	xmlHashFree(seen, NULL);
	seen = xmlHashCreate(256);
	missing = walk(schema_root(), seen, hit, true);
	xmlHashFree(seen, NULL);
	xmlHashFree(hit, NULL);
	return missing;
}

/* Copying keeps the text; one attribute more and less again changes nothing
 * but that tag. */
static void test_edit(const struct document *d, const char *text, const char *name)
{
	struct document *copy = document_copy(d);
	AUTO_FREE char *same = document_text(copy), *edited = NULL, *removed = NULL;
	xmlNode *devices = node_child(document_root(copy), "devices");
	size_t prefix = 0, suffix = 0, added;

	is_str(same, text, name);
	node_set_attr(node_add(devices, "new", NULL), "k", "v");
	edited = document_text(copy);
	added = strlen(edited) - strlen(text);
	while (text[prefix] && text[prefix] == edited[prefix])
		prefix++;
	while (suffix < strlen(text) - prefix &&
	       text[strlen(text) - 1 - suffix] == edited[strlen(edited) - 1 - suffix])
		suffix++;
	ok(added < 60 && prefix + suffix + 20 >= strlen(text), "%s: one edit, one place", name);
	node_remove(node_child(devices, "new"));
	removed = document_text(copy);
	if (node_first_element(devices))
		is_str(removed, text, "and taken back");
	document_free(copy);
}

static void test_file(const char *path, const char *name)
{
	AUTO_BUF struct buf text = BUF_INIT;
	struct error *err = NULL;
	struct domain_def *def = NULL;
	struct document *d = NULL;
	AUTO_FREE char *out = NULL;
	unsigned unknown = 0;

	if (file_read(path, 1u << 20, &text, &err))
		d = document_parse(text.data, text.len, name, &err);
	if (d)
		def = domain_def_parse(d, &err);
	if (!ok(def != NULL, "%s is accepted", name)) {
		printf("# %s\n", error_message(err));
		error_free(err);
		return;
	}
	out = document_text(def->document);
	is_str(out, text.data, name);
	for (size_t i = 0; i < def->n_ignored; i++)
		unknown += !strncmp(def->ignored[i].why, "not known", 9) ||
			!strncmp(def->ignored[i].why, "it has a meaning only", 21);
	is_int(unknown, strcmp(name, "oddly-written.xml") ? 0 : 1, "all of it is described");
	test_edit(def->document, text.data, name);
	note_all(document_root(def->document));
	domain_def_free(def);
}

static unsigned each_file(const char *directory, void (*fn)(const char *path, const char *name))
{
	DIR *dir = opendir(directory);
	struct dirent *e;
	unsigned n = 0;

	while (dir && (e = readdir(dir))) {
		AUTO_FREE char *path = mem_printf("%s/%s", directory, e->d_name);

		if (strlen(e->d_name) < 5 || strcmp(e->d_name + strlen(e->d_name) - 4, ".xml"))
			continue;
		fn(path, e->d_name);
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

static unsigned changed;

static void round_trip(const char *path, const char *name)
{
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_FREE char *out = NULL;
	struct document *d;

	if (!file_read(path, 1u << 20, &text, NULL))
		return;
	d = document_parse(text.data, text.len, name, NULL);
	if (!d)
		return;
	out = document_text(d);
	if (strncmp(out, text.data, text.len) ||
	    strlen(out) != text.len + (text.data[text.len - 1] != '\n')) {
		printf("# changed: %s\n", name);
		changed++;
	}
	document_free(d);
}

static void test_corpus(const char *source)
{
	AUTO_FREE char *domains = mem_printf("%s/../shared/corpus/domains", source);
	AUTO_FREE char *install = mem_printf("%s/../shared/corpus/install", source);
	unsigned n = each_file(domains, round_trip) + each_file(install, round_trip);

	if (n)
		is_int(changed, 0, "every file of the corpus is written as it was read");
	else
		printf("# the corpus is not beside the project: its round trip was not run\n");
}

int main(void)
{
	const char *source = getenv("VIRTTY_SOURCE") ? getenv("VIRTTY_SOURCE") : ".";
	AUTO_FREE char *files = mem_printf("%s/tests/xml", source);

	used = xmlHashCreate(1024);
	ok(each_file(files, test_file) > 40, "the files are there");
	is_int(count_unused(), 0, "together they use everything that works");
	test_corpus(source);
	xmlHashFree(used, NULL);
	return tap_done();
}
