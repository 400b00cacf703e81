/*
 * command: see command.h.
 */
#include "views/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "views/cli/verb.h"
#include "views/text_view.h"
#include "views/ui.h"

#define OUTPUT_MAX (4u << 20)

struct command {
	struct ui *ui;
	char *line;
	pid_t pid;
	struct event *child, *output;
	int fd;				/* what it prints; -1: it has the terminal */
	struct buf text;
	bool reaped, drained;
	int status;
};

/* ---- words ---- */

static void push_word(char ***words, size_t *n, char *word)
{
	*MEM_PUSH(*words, *n) = word;
}

/* One word, quotes taken off; NULL at the end. */
static char *next_word(const char **p)
{
	AUTO_BUF struct buf word = BUF_INIT;
	char quote = 0;

	*p += strspn(*p, " ");
	if (!**p)
		return NULL;
	for (; **p && (quote || **p != ' '); (*p)++) {
		if (quote ? **p == quote : (**p == '\'' || **p == '"'))
			quote = quote ? 0 : **p;
		else
			buf_add_char(&word, **p);
	}
	return buf_steal(&word);
}

static bool wants_domain(const struct row *verb)
{
	struct operand o;

	return verb->value && operand_first(&o, verb->value) && !strcmp(o.name, "DOMAIN") && !o.optional;
}

/* "virtty -c URI VERB WORDS... [DOMAIN]"; NULL when there is no such verb. */
static char **build_argv(struct ui *ui, const char *line)
{
	char **words = NULL, *word;
	size_t n = 0, operands = 0;
	const struct row *verb;
	struct domain *d = ui_domain(ui);

	push_word(&words, &n, mem_strdup("/proc/self/exe"));
	push_word(&words, &n, mem_strdup("-c"));
	push_word(&words, &n, mem_strdup(connection_uri(ui->connection)));
	while ((word = next_word(&line))) {
		operands += n > 3 && *word != '-';
		push_word(&words, &n, word);
	}
	verb = n > 3 ? verb_find(words[3]) : NULL;
	if (verb && wants_domain(verb) && operands == 0 && d)
		push_word(&words, &n, mem_strdup(d->uuid));
	push_word(&words, &n, NULL);
	if (!verb) {
		mem_free_strv(words);
		return NULL;
	}
	return words;
}

/* ---- running ---- */

static void command_free(struct command *c)
{
	if (c->child)
		event_free(c->child);
	if (c->output)
		event_free(c->output);
	if (c->fd >= 0)
		close(c->fd);
	buf_done(&c->text);
	free(c->line);
	free(c);
}

static void show(struct command *c)
{
	const char *text = buf_text(&c->text), *end = strchr(text, '\n');
	bool failed = !WIFEXITED(c->status) || WEXITSTATUS(c->status) != 0;
	AUTO_FREE char *title = mem_printf("virtty %s%s", c->line, failed ? ": failed" : "");

	if (c->text.len == 0)
		ui_tell(c->ui, "%s", failed ? title : "done");
	else if (!end || !end[1])
		ui_tell(c->ui, "%.*s", end ? (int)(end - text) : (int)c->text.len, text);
	else
		ui_push(c->ui, text_view_new(c->ui, title, text, 0));
}

static void finish(struct command *c)
{
	if (!c->reaped || !c->drained)
		return;
	if (c->fd < 0)
		screen_resume(c->ui->screen);
	else
		show(c);
	ui_dirty(c->ui);
	command_free(c);
}

static void on_child(evutil_socket_t sig, short what, void *arg)
{
	struct command *c = arg;

	(void)sig;
	(void)what;
	if (c->reaped || waitpid(c->pid, &c->status, WNOHANG) != c->pid)
		return;
	c->reaped = true;
	finish(c);
}

static void on_output(evutil_socket_t fd, short what, void *arg)
{
	struct command *c = arg;
	ssize_t n = read(fd, buf_reserve(&c->text, 65536), 65536);

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && c->text.len < OUTPUT_MAX) {
		c->text.len += (size_t)n;
		c->text.data[c->text.len] = '\0';
		return;
	}
	if (n > 0)
		return;			/* read on, so that it can end; keep no more */
	event_del(c->output);
	c->drained = true;
	finish(c);
}

static bool takes_terminal(const char *verb)
{
	return !strcmp(verb, "edit") || !strcmp(verb, "console");
}

static bool spawn(struct command *c, char **argv, struct error **err)
{
	struct process_spec spec = PROCESS_SPEC_INIT;
	int pipe_fd[2] = { -1, -1 };
	bool started;

	spec.argv = (const char *const *)argv;
	if (takes_terminal(argv[3])) {
		spec.in = STDIN_FILENO;
		spec.out = STDOUT_FILENO;
		spec.err = STDERR_FILENO;
		c->drained = true;
		screen_suspend(c->ui->screen);
	} else if (pipe2(pipe_fd, O_CLOEXEC) < 0) {
		error_set_errno(err, errno, "make a pipe");
		return false;
	} else {
		c->fd = pipe_fd[0];
		spec.out = spec.err = pipe_fd[1];
	}
	c->child = evsignal_new(c->ui->base, SIGCHLD, on_child, c);
	evsignal_add(c->child, NULL);
	started = process_spawn(&spec, &c->pid, err);
	if (pipe_fd[1] >= 0)
		close(pipe_fd[1]);
	if (!started && c->fd < 0)
		screen_resume(c->ui->screen);
	return started;
}

void command_run(struct ui *ui, const char *line)
{
	char **argv = build_argv(ui, line);
	struct command *c;
	struct error *err = NULL;

	if (!argv) {
		ui_tell(ui, "there is no command '%s'", line);
		return;
	}
	c = mem_zalloc(sizeof(*c));
	c->ui = ui;
	c->fd = -1;
	c->line = mem_strdup(line);
	if (spawn(c, argv, &err)) {
		if (c->fd >= 0) {
			c->output = event_new(ui->base, c->fd, EV_READ | EV_PERSIST, on_output, c);
			event_add(c->output, NULL);
		}
	} else {
		ui_fail(ui, err);
		command_free(c);
	}
	mem_free_strv(argv);
}
