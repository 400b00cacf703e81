/*
 * console: see console.h.  Bytes go both ways unchanged; the escape key leaves.
 * The other end is the supervisor's console socket, or with --pty any terminal
 * device.
 */
#include "views/cli/console.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/sanitize.h"
#include "views/cli/modes.h"
#include "views/cli/terminal.h"
#include "views/cli/verbs.h"

struct session {
	struct event_base *base;
	struct console_link *link;	/* NULL: the other end is a terminal device */
	struct bufferevent *device;
	char escape;
	bool readonly;
	bool over;
	bool left;			/* by the user, or because the guest ended */
	char *why;			/* it ended otherwise */
	const char *what;		/* the other end, for people */
	bool greet;
	struct modes modes;
	struct event *input;
	struct event *leaving;		/* what was typed goes out first */
	struct event *signals[4];
};

static void end(struct session *s, const char *why)
{
	if (!s->over && why)
		s->why = mem_strdup(why);
	s->over = true;
}

static void leave(void *arg)
{
	struct session *s = arg;

	s->left = true;
	s->over = true;
}

/* Standard output blocks when the terminal is slow; the supervisor drops what
 * we are too slow for, and says so. */
static void show(struct session *s, const char *data, size_t len)
{
	modes_watch(&s->modes, data, len);
	if (!file_write_all(STDOUT_FILENO, data, len))
		end(s, "the terminal is gone");
}

static void remark(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void remark(const char *fmt, ...)
{
	AUTO_BUF struct buf line = BUF_INIT;
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	buf_add_str(&line, "\r\n[virtty: ");
	sanitize_add(&line, text, strlen(text));
	buf_add_str(&line, "]\r\n");
	free(text);
	if (isatty(STDERR_FILENO))
		file_write_all(STDERR_FILENO, line.data, line.len);
}

/* The terminal is raw by now. */
static void greet(struct session *s)
{
	AUTO_BUF struct buf line = BUF_INIT;

	if (!s->greet)
		return;
	buf_add_str(&line, "Connected to ");
	sanitize_add(&line, s->what, strlen(s->what));
	buf_printf(&line, "\r\nEscape character is ^%c\r\n", s->escape | 0x40);
	file_write_all(STDOUT_FILENO, line.data, line.len);
}

static void on_data(struct console_link *l, const char *data, size_t len, void *arg)
{
	(void)l;
	show(arg, data, len);
}

static void on_notice(struct console_link *l, struct json_object *notice, void *arg)
{
	struct session *s = arg;
	const char *mode = json_str(notice, "mode"), *by = json_str(notice, "by");
	const char *opened = json_str(json_get(notice, "opened"), "mode");
	const char *ended = json_str(notice, "ended");
	int64_t dropped = json_int(notice, "dropped", 0);

	(void)l;
	if (mode && !strcmp(mode, "read") && by)
		remark("%s writes now, you are watching", by);
	else if (mode && !strcmp(mode, "write"))
		remark("you are writing now");
	if (dropped > 0)
		remark("%lld bytes were too fast for this terminal", (long long)dropped);
	if (opened)
		greet(s);
	if (!s->readonly && opened && !strcmp(opened, "read"))
		remark("somebody else is writing, you are watching");
	if (ended) {
		remark("%s", ended);
		leave(s);
	}
}

static void on_end(struct console_link *l, const char *why, void *arg)
{
	(void)l;
	end(arg, why);
}

static void send_bytes(struct session *s, const char *data, size_t len)
{
	if (s->readonly || len == 0)
		return;
	if (s->link)
		console_link_send(s->link, data, len);
	else
		bufferevent_write(s->device, data, len);
}

static void on_input(evutil_socket_t fd, short what, void *arg)
{
	struct session *s = arg;
	char data[4096];
	ssize_t n = read(fd, data, sizeof(data));
	char *escape;

	(void)what;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		leave(s);
		return;
	}
	escape = memchr(data, s->escape, (size_t)n);
	send_bytes(s, data, escape ? (size_t)(escape - data) : (size_t)n);
	if (escape) {
		event_del(s->input);
		s->leaving = loop_after(s->base, 0, leave, s);
	}
}

static void on_device_data(struct bufferevent *device, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(device);
	size_t len = evbuffer_get_length(in);

	show(arg, (const char *)evbuffer_pullup(in, -1), len);
	evbuffer_drain(in, len);
}

static void on_device_event(struct bufferevent *device, short what, void *arg)
{
	(void)device;
	(void)what;
	end(arg, "the other end is closed");
}

static void on_signal(evutil_socket_t number, short what, void *arg)
{
	(void)what;
	if (number == SIGCONT)
		terminal_again();
	else
		end(arg, strsignal((int)number));
}

static void listen_to(struct session *s)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGCONT };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		s->signals[i] = evsignal_new(s->base, numbers[i], on_signal, s);
		event_add(s->signals[i], NULL);
	}
	if (isatty(STDIN_FILENO)) {
		s->input = event_new(s->base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, s);
		event_add(s->input, NULL);
	}
}

static void release(struct event *e)
{
	if (e)
		event_free(e);
}

static void stop_listening(struct session *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(s->signals); i++)
		release(s->signals[i]);
	release(s->input);
	loop_cancel(&s->leaving);
}

/* Read-only needs no terminal: its output may go to a pipe. */
bool console_possible(struct cli *cli, struct error **err)
{
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return true;
	error_set(err, "%s: attaching to a console needs a terminal", cli->arguments->verb->name);
	error_hint(err, "console --readonly needs none");
	return false;
}

/* "^A" to "^_", or the character itself. */
static bool read_escape(struct cli *cli, const char *text, char *escape, struct error **err)
{
	if (!text)
		text = "^]";
	if (text[0] == '^' && text[1] && !text[2]) {
		char c = text[1] & ~(text[1] >= 'a' && text[1] <= 'z' ? 0x20 : 0);

		if (c >= '@' && c <= '_') {
			*escape = c & 0x1f;
			return true;
		}
	}
	return cli_misuse(cli, err, "--escape '%s' is not one of ^A to ^_", text);
}

static void restore_screen(const struct session *s)
{
	AUTO_BUF struct buf out = BUF_INIT;

	if (!isatty(STDOUT_FILENO))
		return;
	modes_restore(&s->modes, &out);
	buf_add_str(&out, "\r\n");
	file_write_all(STDOUT_FILENO, out.data, out.len);
}

/* What was printed so far comes first. */
static bool converse(struct cli *cli, struct session *s, struct error **err)
{
	s->greet = isatty(STDOUT_FILENO) && !cli_flag(cli, "quiet");
	if (!output_flush(&cli->out, err) || (isatty(STDIN_FILENO) && !terminal_raw(err)))
		return false;
	if (!s->link)
		greet(s);
	listen_to(s);
	loop_until(s->base, &s->over, -1);
	stop_listening(s);
	terminal_restore();
	restore_screen(s);
	return true;
}

/* Left, or the guest ended: fine.  Anything else is an error. */
static bool farewell(struct cli *cli, struct session *s, struct error **err)
{
	AUTO_FREE char *why = s->why;

	if (s->left || !why)
		return true;
	error_set(err, "%s: %s: %s", cli->arguments->verb->name, s->what, why);
	return false;
}

bool console_attach(struct cli *cli, struct domain *d, const char *name, unsigned flags,
		    const char *escape, struct error **err)
{
	static const struct console_handlers handlers = { on_data, on_notice, on_end };
	AUTO_FREE char *what = mem_printf("domain '%s'", d->name);
	struct session s = { .base = cli->base, .what = what,
			     .readonly = flags & CONSOLE_READONLY };
	bool good;

	if (!read_escape(cli, escape, &s.escape, err))
		return false;
	s.link = connection_console(cli->connection, d, name, flags, &handlers, &s, err);
	if (!s.link)
		return false;
	good = converse(cli, &s, err);
	console_link_close(s.link);
	return good && farewell(cli, &s, err);
}

/* Any terminal device, raw and as fast as it is. */
static int open_device(const char *path, struct error **err)
{
	struct termios mode;
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		error_set_errno(err, errno, "console: open '%s'", path);
		return -1;
	}
	if (tcgetattr(fd, &mode) < 0) {
		error_set(err, "console: '%s' is not a terminal device", path);
		close(fd);
		return -1;
	}
	cfmakeraw(&mode);
	tcsetattr(fd, TCSANOW, &mode);
	return fd;
}

static bool attach_device(struct cli *cli, const char *path, struct error **err)
{
	struct session s = { .what = path, .readonly = cli_flag(cli, "readonly") };
	bool good;
	int fd;

	if (!read_escape(cli, cli_value(cli, "escape"), &s.escape, err))
		return false;
	fd = open_device(path, err);
	if (fd < 0)
		return false;
	s.base = cli->base = loop_new();
	s.device = bufferevent_socket_new(s.base, fd, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(s.device, on_device_data, NULL, on_device_event, &s);
	bufferevent_enable(s.device, EV_READ | EV_WRITE);
	good = converse(cli, &s, err);
	bufferevent_free(s.device);
	return good && farewell(cli, &s, err);
}

bool verb_console(struct cli *cli, struct error **err)
{
	bool readonly = cli_flag(cli, "readonly");
	const char *pty = cli_value(cli, "pty");
	unsigned flags = 0;
	struct domain *d;

	if (!pty == !cli_operand(cli, "DOMAIN"))
		return cli_misuse(cli, err, "either DOMAIN or --pty PATH is wanted");
	if (readonly && cli_flag(cli, "force"))
		return cli_misuse(cli, err, "--readonly and --force exclude each other");
	if (!readonly && !console_possible(cli, err))
		return false;
	if (pty)
		return attach_device(cli, pty, err);
	flags |= readonly ? CONSOLE_READONLY : 0;
	flags |= cli_flag(cli, "force") ? CONSOLE_FORCE : 0;
	flags |= cli_flag(cli, "safe") ? CONSOLE_ELSE_READ : 0;
	d = cli_domain(cli, err);
	return d && console_attach(cli, d, cli_value(cli, "devname"), flags,
				   cli_value(cli, "escape"), err);
}
