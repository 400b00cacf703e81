/*
 * terminal: see terminal.h.
 */
#include "views/cli/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "backend/base/mem.h"

static struct termios before;
static volatile sig_atomic_t is_raw;

void terminal_restore(void)
{
	int saved = errno;

	if (is_raw)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	is_raw = 0;
	errno = saved;
}

/* SA_RESETHAND: the second time the signal does what it always does. */
static void on_fatal(int number)
{
	terminal_restore();
	raise(number);
}

static void catch_crashes(void)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT };
	struct sigaction action = { .sa_handler = on_fatal, .sa_flags = (int)SA_RESETHAND };

	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		sigaction(fatal[i], &action, NULL);
}

static bool set_raw(void)
{
	struct termios raw = before;

	cfmakeraw(&raw);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0;
}

bool terminal_raw(struct error **err)
{
	static bool registered;

	if (tcgetattr(STDIN_FILENO, &before) < 0 || !set_raw()) {
		error_set_errno(err, errno, "set the terminal to raw mode");
		return false;
	}
	is_raw = 1;
	if (!registered) {
		atexit(terminal_restore);
		mem_on_exhausted(terminal_restore);
		catch_crashes();
		registered = true;
	}
	return true;
}

void terminal_again(void)
{
	if (is_raw)
		set_raw();
}
