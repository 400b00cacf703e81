/*
 * test_store: definitions on disk; what is refused, what is kept.
 */
#include "tests/unit/tap.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/store/store.h"

#define A "aaaaaaaa-0000-4000-8000-000000000001"
#define B "bbbbbbbb-0000-4000-8000-000000000002"

static struct paths paths;
static struct store *store;

static char *xml(const char *name, const char *uuid, int memory)
{
	return mem_printf("<domain type='qemu'>\n  <name>%s</name>\n  <uuid>%s</uuid>\n"
			  "  <memory>%d</memory>\n</domain>\n", name, uuid, memory);
}

static bool save(const char *uuid, const char *name, int memory, const char *expected,
		 char *version, struct error **err)
{
	AUTO_FREE char *text = xml(name, uuid, memory);

	struct store_text t = { uuid, name, text, expected, false };

	return store_save(store, &t, version, NULL, err);
}

static bool stored(const char *uuid, const char *name, int memory)
{
	AUTO_FREE char *want = xml(name, uuid, memory);
	AUTO_BUF struct buf text = BUF_INIT;

	return store_load(store, uuid, &text, NULL, NULL) && !strcmp(buf_text(&text), want);
}

static void refused(bool result, struct error **err, const char *words, const char *name)
{
	ok(!result && strstr(error_message(*err), words) && error_hint_text(*err),
	   "%s: %s", name, error_message(*err));
	error_free(*err);
	*err = NULL;
}

static void test_versions(void)
{
	char first[STORE_VERSION], second[STORE_VERSION], third[STORE_VERSION];
	struct error *err = NULL;
	bool created;
	AUTO_FREE char *text = xml("web", A, 1);
	struct store_text t = { A, "web", text, STORE_NEW, false };

	ok(store_save(store, &t, first, &created, NULL) && created, "a new one");
	ok(!strncmp(first, "1-", 2), "is version 1: %s", first);
	ok(save(A, "web", 2, first, second, NULL) && stored(A, "web", 2), "saved over the version that was loaded");
	ok(!strncmp(second, "2-", 2), "is version 2: %s", second);
	refused(save(A, "web", 3, first, third, &err), &err, "changed by someone else", "a second editor is refused");
	ok(stored(A, "web", 2), "and the first one's text is there");
	refused(save(A, "web", 3, STORE_NEW, third, &err), &err, "already exists", "what exists is not new");
	ok(save(A, "web", 3, NULL, third, NULL), "define replaces whatever is there");
	ok(save(A, "web", 3, NULL, second, NULL) && !strcmp(second, third), "the same text makes no version");
}

static void test_edited_behind_our_back(void)
{
	AUTO_FREE char *path = paths_domain_xml(&paths, A);
	AUTO_FREE char *text = xml("web", A, 77);
	AUTO_BUF struct buf now = BUF_INIT;
	char version[STORE_VERSION];
	struct error *err = NULL;

	store_load(store, A, &now, version, NULL);
	file_replace(path, text, strlen(text), 0600, NULL);
	refused(save(A, "web", 4, version, NULL, &err), &err, "changed by someone else",
		"a text editor's change is noticed");
	ok(stored(A, "web", 77), "and kept");
	ok(save(A, "web", 3, NULL, NULL, NULL), "(back again)");
}

static void test_history(void)
{
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_FREE char *want = xml("web", A, 2);
	size_t n;
	struct store_version *list = store_history(store, A, &n);

	is_int(n, 4, "every text that we saved or found");
	ok(n == 4 && list[0].current && list[0].number == 4 && list[3].number == 1, "newest first");
	free(list);
	ok(store_history_load(store, A, 2, &text, NULL) && !strcmp(buf_text(&text), want), "one of them back");
	ok(!store_history_load(store, A, 99, &text, NULL), "there is no version 99");
}

static void test_interrupted(void)
{
	AUTO_FREE char *path = paths_domain_xml(&paths, A);
	AUTO_FREE char *to = mem_printf("%s/domains/history/%s/4.xml", paths.data, A);
	AUTO_BUF struct buf text = BUF_INIT;
	char version[STORE_VERSION];

	ok(link(path, to) == 0, "a save that ended between keeping the old and writing the new");
	store_load(store, A, &text, version, NULL);
	ok(!strncmp(version, "4-", 2), "is no save: %s", version);
	ok(save(A, "web", 8, version, version, NULL) && !strncmp(version, "5-", 2), "the next one goes on: %s", version);
}

static void test_names(void)
{
	struct error *err = NULL;
	AUTO_FREE char *web = xml("web", B, 1);
	AUTO_FREE char *db2 = xml("db2", B, 1);
	AUTO_FREE char *back = xml("db", B, 1);
	struct store_text taken = { B, "web", web, NULL, true }, given = { B, "db2", db2, NULL, true };

	refused(save(B, "web", 1, STORE_NEW, NULL, &err), &err, "already exists with uuid " A, "a taken name");
	ok(save(B, "db", 1, STORE_NEW, NULL, NULL), "a free name");
	refused(save(B, "other", 1, NULL, NULL, &err), &err, "is domain 'db' already", "another name under the same uuid");
	ok(stored(B, "db", 1), "nothing was saved");
	ok(store_save(store, &taken, NULL, NULL, &err) == false && strstr(error_message(err), "already exists"),
	   "renaming to a taken name: %s", error_message(err));
	error_free(err);
	err = NULL;
	ok(store_save(store, &given, NULL, NULL, NULL), "renaming to a free one");
	ok(save(B, "db2", 1, NULL, NULL, NULL), "under which it is known then");
	given = (struct store_text){ B, "db", back, NULL, true };
	ok(store_save(store, &given, NULL, NULL, NULL), "and back");
	ok(!save("../../../tmp/x", "evil", 1, NULL, NULL, &err) && strstr(error_message(err), "uuid"),
	   "a uuid that is none: %s", error_message(err));
	error_free(err);
}

static void test_undefine(void)
{
	AUTO_FREE char *mark = mem_printf("%s/domains/autostart/%s", paths.data, B);
	AUTO_BUF struct buf text = BUF_INIT;
	char **gone;

	ok(store_set_autostart(store, B, true, NULL) && access(mark, F_OK) == 0, "marked for autostart");
	ok(store_set_autostart(store, B, false, NULL) && access(mark, F_OK) != 0, "and not");
	ok(store_set_autostart(store, B, false, NULL), "twice is fine");
	store_set_autostart(store, B, true, NULL);
	ok(store_undefine(store, B, NULL) && !stored(B, "db", 1), "undefined");
	ok(access(mark, F_OK) != 0, "without its mark");
	gone = store_undefined(store);
	ok(gone[0] && !strcmp(gone[0], B) && !gone[1], "known as undefined");
	mem_free_strv(gone);
	ok(store_history_load(store, B, 1, &text, NULL) && strstr(buf_text(&text), "<name>db"), "its text is in the history");
	ok(save(B, "db", 2, STORE_NEW, NULL, NULL), "defined anew");
	ok(store_undefine(store, B, NULL), "and undefined again");
}

static void test_disk_says_no(void)
{
	AUTO_FREE char *domains = paths_domains_dir(&paths);
	AUTO_FREE char *history = mem_printf("%s/history/%s", domains, A);
	struct error *err = NULL;

	/* Root may write anywhere: put a file where the directory is wanted. */
	file_remove_tree(history, NULL);
	close(open(history, O_WRONLY | O_CREAT, 0600));
	ok(!save(A, "web", 9, NULL, NULL, &err) && stored(A, "web", 8),
	   "when the old version cannot be kept, nothing is saved: %s", error_message(err));
	error_free(err);
	unlink(history);
}

static void *count_up(void *arg)
{
	char version[STORE_VERSION];
	AUTO_BUF struct buf text = BUF_INIT;
	int *saved = arg;

	for (int i = 0; i < 20; i++) {
		buf_clear(&text);
		if (!store_load(store, A, &text, version, NULL))
			continue;
		/* The memory is a counter: an update that is lost is missing in the sum. */
		int value = atoi(strstr(buf_text(&text), "<memory>") + 8);

		*saved += save(A, "web", value + 1, version, NULL, NULL);
	}
	return NULL;
}

static void test_two_editors(void)
{
	pthread_t threads[4];
	int saved[4] = { 0 };
	int sum = 0;

	save(A, "web", 1000, NULL, NULL, NULL);
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, count_up, &saved[i]);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		sum += saved[i];
	}
	ok(sum > 0 && stored(A, "web", 1000 + sum), "four editors, %d saves, no lost update", sum);
}

/* `test_store save UUID NAME FILE`: one save and nothing else, on the only
 * thread, for tests/e2e/store.bats to interrupt. */
static int save_file(char **argv)
{
	AUTO_BUF struct buf text = BUF_INIT;
	struct error *err = NULL;
	struct store_text t = { argv[2], argv[3], NULL, NULL, false };
	bool good;

	if (!paths_init(&paths, false, &err) || !file_read(argv[4], 1 << 20, &text, &err))
		return 2;
	store = store_new(&paths);
	t.text = buf_text(&text);
	good = store_save(store, &t, NULL, NULL, &err);
	if (!good)
		fprintf(stderr, "%s\n", error_message(err));
	error_free(err);
	store_free(store);
	paths_done(&paths);
	return good ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *dir;

	if (argc == 5 && !strcmp(argv[1], "save"))
		return save_file(argv);
	dir = tap_directory();
	setenv("XDG_CONFIG_HOME", dir, 1);
	setenv("XDG_DATA_HOME", dir, 1);
	setenv("XDG_STATE_HOME", dir, 1);
	setenv("XDG_CACHE_HOME", dir, 1);
	setenv("XDG_RUNTIME_DIR", dir, 1);
	ok(paths_init(&paths, false, NULL), "paths");
	store = store_new(&paths);
	test_versions();
	test_edited_behind_our_back();
	test_history();
	test_interrupted();
	test_names();
	test_undefine();
	test_disk_says_no();
	test_two_editors();
	store_free(store);
	paths_done(&paths);
	file_remove_tree(dir, NULL);
	return tap_done();
}
