/*
 * edit: a definition in the user's own editor, and back, without losing what
 * anybody wrote.
 *
 * What is saved was read under a version; if somebody else stored another one
 * meanwhile, saving is refused and the user decides.  A text that could not be
 * saved stays in its file, and where that is is said.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/xml/document.h"
#include "views/cli/cli.h"
#include "views/cli/define.h"
#include "views/cli/verbs.h"

struct edit {
	struct cli *cli;
	char uuid[37];			/* the domain is looked up anew each time */
	char *name;
	char *path;			/* the file in the editor */
	char *original;
	char *version;
};

/* $VISUAL, $EDITOR, or the first there is of the usual ones; the caller frees. */
static char *find_editor(struct error **err)
{
	static const char *const variables[] = { "VISUAL", "EDITOR" };
	static const char *const usual[] = { "sensible-editor", "editor", "vi", "nano" };

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		const char *value = getenv(variables[i]);

		if (value && *value)
			return mem_strdup(value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		char *path = process_find(usual[i]);

		if (path)
			return path;
	}
	error_set(err, "edit: no editor was found");
	error_hint(err, "set VISUAL or EDITOR");
	return NULL;
}

/* As system() has it: ^C in the editor is the editor's. */
static bool wait_ignoring_keys(pid_t pid, int *status)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, keep_int, keep_quit;
	pid_t got;

	sigaction(SIGINT, &ignore, &keep_int);
	sigaction(SIGQUIT, &ignore, &keep_quit);
	do
		got = waitpid(pid, status, 0);
	while (got < 0 && errno == EINTR);
	sigaction(SIGINT, &keep_int, NULL);
	sigaction(SIGQUIT, &keep_quit, NULL);
	return got == pid;
}

/* The variable may hold options ("code --wait"), so a shell reads it; that must
 * not die of the ^C that is meant for the editor. */
static bool run_editor(const char *path, struct error **err)
{
	AUTO_FREE char *editor = find_editor(err);
	AUTO_FREE char *command = editor ? mem_printf("trap : INT QUIT; %s \"$1\"", editor) : NULL;
	const char *const argv[] = { "/bin/sh", "-c", command, "sh", path, NULL };
	struct process_spec spec = PROCESS_SPEC_INIT;
	int status;
	pid_t pid;

	if (!editor)
		return false;
	spec.argv = argv;
	spec.in = STDIN_FILENO;
	spec.out = STDOUT_FILENO;
	spec.err = STDERR_FILENO;
	if (!process_spawn(&spec, &pid, err))
		return false;
	if (wait_ignoring_keys(pid, &status) && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	error_set(err, "edit: the editor '%s' failed", editor);
	return false;
}

/* Named by the uuid: the guest's name is data and may hold anything. */
static bool write_file(struct edit *e, struct error **err)
{
	const char *tmp = getenv("TMPDIR");
	int fd;

	e->path = mem_printf("%s/virtty-%.8s-XXXXXX.xml", tmp && *tmp ? tmp : "/tmp", e->uuid);
	fd = mkostemps(e->path, 4, O_CLOEXEC);
	if (fd < 0) {
		error_set_errno(err, errno, "edit: create '%s'", e->path);
		return false;
	}
	if (!file_write_all(fd, e->original, strlen(e->original))) {
		error_set_errno(err, errno, "edit: write '%s'", e->path);
		close(fd);
		return false;
	}
	close(fd);
	return true;
}

static struct json_object *fetch(struct edit *e, struct error **err)
{
	struct domain *d = connection_lookup(e->cli->connection, e->uuid, err);
	struct json_object *args;

	if (!d)
		return NULL;
	args = json_object_new_object();
	json_set_bool(args, "inactive", true);
	json_set_bool(args, "secure", true);
	return cli_call(e->cli, d, "xml", args, err);
}

static bool save(struct edit *e, const char *text, struct error **err)
{
	struct domain *d = connection_lookup(e->cli->connection, e->uuid, err);
	struct json_object *args;
	AUTO_JSON struct json_object *o = NULL;

	if (!d)
		return false;
	args = json_object_new_object();
	json_set_str(args, "xml", text);
	json_set_str(args, "version", e->version);
	json_set_str(args, "source", e->name);
	o = cli_call(e->cli, d, "save-xml", args, err);
	if (!o)
		return false;
	define_report_ignored(o, e->name);
	return true;
}

/* The first letter of what the user answers; 0: there is nobody to ask. */
static char ask(void)
{
	char line[64];

	if (!isatty(STDIN_FILENO))
		return 0;
	fputs("Failed. Try again? [y,n,f,?]: ", stderr);
	if (!fgets(line, sizeof(line), stdin))
		return 0;
	return (char)tolower((unsigned char)line[0]);
}

static void explain(void)
{
	fputs("y  edit again\n"
	      "n  give up; the text stays in its file\n"
	      "f  save over what somebody else has stored meanwhile\n"
	      "?  print this\n", stderr);
}

/* Take the version that is stored now for the one that was read. */
static bool take_present_version(struct edit *e, struct error **err)
{
	AUTO_JSON struct json_object *now = fetch(e, err);

	if (!now)
		return false;
	free(e->version);
	e->version = mem_strdup(json_str(now, "version"));
	return true;
}

enum answer { AGAIN, SAVE, GIVE_UP };

static enum answer decide(struct edit *e)
{
	for (;;) {
		switch (ask()) {
		case 'y':
			return AGAIN;
		case 'f':
			return take_present_version(e, NULL) ? SAVE : GIVE_UP;
		case 'n':
		case 0:
			return GIVE_UP;
		default:
			explain();
		}
	}
}

static bool read_back(struct edit *e, struct buf *text, struct error **err)
{
	buf_clear(text);
	return run_editor(e->path, err) && file_read(e->path, DOCUMENT_MAX, text, err);
}

static bool unchanged(const struct edit *e, const struct buf *text)
{
	return !strcmp(buf_text(text), e->original);
}

static bool edit_until_saved(struct edit *e, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT;
	enum answer next = AGAIN;
	struct error *failed = NULL;

	for (;;) {
		if (next == AGAIN) {
			if (!read_back(e, &text, err))
				return false;
			if (unchanged(e, &text)) {
				cli_say(e->cli, "Domain '%s' XML configuration not changed", e->name);
				return true;
			}
		}
		if (save(e, buf_text(&text), &failed)) {
			cli_say(e->cli, "Domain '%s' XML configuration edited", e->name);
			return true;
		}
		if (isatty(STDIN_FILENO))
			cli_print_error(failed);
		next = decide(e);
		if (next == GIVE_UP) {
			error_move(err, &failed);
			return false;
		}
		error_free(failed);
		failed = NULL;
	}
}

bool verb_edit(struct cli *cli, struct error **err)
{
	struct edit e = { .cli = cli };
	struct domain *d = cli_domain(cli, err);
	AUTO_JSON struct json_object *o = NULL;
	bool good;

	if (!d)
		return false;
	memcpy(e.uuid, d->uuid, sizeof(e.uuid));
	e.name = mem_strdup(d->name);
	o = fetch(&e, err);
	if (o) {
		e.original = mem_strdup(json_str(o, "xml"));
		e.version = mem_strdup(json_str(o, "version"));
	}
	good = o && write_file(&e, err) && edit_until_saved(&e, err);
	if (good)
		unlink(e.path);
	else if (e.path)
		error_hint(err, "your text is in '%s'", e.path);
	free(e.name);
	free(e.path);
	free(e.original);
	free(e.version);
	return good;
}
