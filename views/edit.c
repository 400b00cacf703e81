/*
 * edit: see edit.h.  The editor has the terminal; the loop goes on meanwhile,
 * so that signals and other guests are not forgotten.
 *
 * xml -> a temporary file -> $EDITOR -> save-xml -> done, or told why not and
 * asked whether to go on editing.  The version that was read is given with the
 * save, so another's change in between is never overwritten.
 */
#include "views/edit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/xml/document.h"
#include "views/dialog.h"
#include "views/ui.h"

struct edit {
	struct ui *ui;
	char uuid[37];
	char *name, *version, *original, *path;
	struct event *child;		/* SIGCHLD */
	pid_t pid;
};

static void edit_free(struct edit *e)
{
	if (e->child)
		event_free(e->child);
	if (e->path)
		unlink(e->path);
	free(e->path);
	free(e->name);
	free(e->version);
	free(e->original);
	free(e);
}

static void run_editor(struct edit *e);

/* Takes err over. */
static void give_up(struct edit *e, struct error *err)
{
	error_prepend(&err, "edit '%s'", e->name);
	ui_fail(e->ui, err);
	edit_free(e);
}

static void on_choice(struct ui *ui, uint32_t key, void *arg)
{
	struct edit *e = arg;

	if (key == 'e') {
		run_editor(e);
		return;
	}
	ui_tell(ui, "'%s' is as it was", e->name);
	edit_free(e);
}

static void ask_again(struct edit *e, const struct error *err)
{
	static const struct choice choices[] = { { 'e', "edit again" }, { 't', "throw away" }, { 0, NULL } };
	AUTO_BUF struct buf text = BUF_INIT;

	buf_add_str(&text, error_message(err));
	if (error_hint_text(err))
		buf_printf(&text, "\n\n  → %s", error_hint_text(err));
	dialog_ask(e->ui, "The definition cannot be taken", buf_text(&text), choices, on_choice, e);
}

static void on_saved(struct connection *c, struct json_object *result, struct error *err, void *arg)
{
	struct edit *e = arg;
	struct json_object *ignored = json_get(result, "ignored");
	size_t n = ignored && json_object_is_type(ignored, json_type_array) ?
		   json_object_array_length(ignored) : 0;

	(void)c;
	if (err) {
		ask_again(e, err);
		return;
	}
	if (n > 0)
		ui_tell(e->ui, "'%s' is saved; %zu element%s in it will be ignored (virtty plan --explain)",
			e->name, n, n == 1 ? "" : "s");
	else
		ui_tell(e->ui, "'%s' is saved", e->name);
	edit_free(e);
}

static void save(struct edit *e)
{
	struct domain *d = connection_lookup(e->ui->connection, e->uuid, NULL);
	AUTO_BUF struct buf text = BUF_INIT;
	struct json_object *args;
	struct error *err = NULL;

	if (!d)
		error_set(&err, "the guest is gone");
	if (!d || !file_read(e->path, DOCUMENT_MAX, &text, &err)) {
		give_up(e, err);
		return;
	}
	if (!strcmp(buf_text(&text), e->original)) {
		ui_tell(e->ui, "'%s' is as it was", e->name);
		edit_free(e);
		return;
	}
	args = json_object_new_object();
	json_set_str(args, "xml", buf_text(&text));
	json_set_str(args, "version", e->version);
	json_set_str(args, "source", e->name);
	connection_call(e->ui->connection, d, "save-xml", args, on_saved, e);
}

static void on_child(evutil_socket_t sig, short what, void *arg)
{
	struct edit *e = arg;
	int status;

	(void)sig;
	(void)what;
	if (waitpid(e->pid, &status, WNOHANG) != e->pid)
		return;
	event_free(e->child);
	e->child = NULL;
	screen_resume(e->ui->screen);
	ui_dirty(e->ui);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		save(e);
		return;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		ui_tell(e->ui, "the editor could not be started; set EDITOR");
	else
		ui_tell(e->ui, "the editor failed; '%s' is as it was", e->name);
	edit_free(e);
}

static const char *editor(void)
{
	const char *name = getenv("VISUAL");

	if (!name || !*name)
		name = getenv("EDITOR");
	return name && *name ? name : "vi";
}

static void run_editor(struct edit *e)
{
	/* ^C is the editor's business; the shell around it must not die of it
	 * and leave both of us with the terminal. */
	AUTO_FREE char *command = mem_printf("trap : INT QUIT; %s \"$1\"", editor());
	const char *argv[] = { "/bin/sh", "-c", command, "editor", e->path, NULL };
	struct process_spec spec = {
		.argv = argv, .in = STDIN_FILENO, .out = STDOUT_FILENO, .err = STDERR_FILENO,
	};
	struct error *err = NULL;

	e->child = evsignal_new(e->ui->base, SIGCHLD, on_child, e);
	evsignal_add(e->child, NULL);
	screen_suspend(e->ui->screen);
	if (!process_spawn(&spec, &e->pid, &err)) {
		screen_resume(e->ui->screen);
		give_up(e, err);
	}
}

static bool write_file(struct edit *e, struct error **err)
{
	const char *dir = getenv("TMPDIR");
	AUTO_CLOSE int fd = -1;

	e->path = mem_printf("%s/virtty-XXXXXX.xml", dir && *dir ? dir : "/tmp");
	fd = mkstemps(e->path, 4);
	if (fd >= 0 && file_write_all(fd, e->original, strlen(e->original)))
		return true;
	error_set_errno(err, errno, "write %s", e->path);
	return false;
}

static void on_xml(struct connection *c, struct json_object *result, struct error *err, void *arg)
{
	struct edit *e = arg;
	struct error *failed = NULL;

	(void)c;
	if (err) {
		ui_fail_copy(e->ui, err);
		edit_free(e);
		return;
	}
	e->original = mem_strdup(json_str(result, "xml"));
	e->version = mem_strdup(json_str(result, "version"));
	if (write_file(e, &failed))
		run_editor(e);
	else
		give_up(e, failed);
}

void edit_domain(struct ui *ui, struct domain *d)
{
	struct edit *e = mem_zalloc(sizeof(*e));
	struct json_object *args = json_object_new_object();

	e->ui = ui;
	e->name = mem_strdup(d->name);
	memcpy(e->uuid, d->uuid, sizeof(e->uuid));
	json_set_bool(args, "inactive", true);
	json_set_bool(args, "secure", true);
	connection_call(ui->connection, d, "xml", args, on_xml, e);
}
