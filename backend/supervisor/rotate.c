/*
 * rotate: see rotate.h.  What cannot be done is left undone: a log is not worth
 * a guest.
 */
#include "backend/supervisor/rotate.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/mem.h"

static void push(const char *path, int from)
{
	AUTO_FREE char *old = from ? mem_printf("%s.%d", path, from) : mem_strdup(path);
	AUTO_FREE char *new = mem_printf("%s.%d", path, from + 1);

	rename(old, new);
}

void rotate_rename(const char *path)
{
	for (int n = ROTATE_KEEP - 1; n >= 0; n--)
		push(path, n);
}

void rotate_copy(const char *path)
{
	AUTO_FREE char *first = mem_printf("%s.1", path);
	AUTO_CLOSE int from = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	AUTO_CLOSE int to = -1;
	struct stat st;

	if (from < 0)
		return;
	for (int n = ROTATE_KEEP - 1; n >= 1; n--)
		push(path, n);
	to = open(first, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (to >= 0 && fstat(from, &st) == 0)
		for (off_t done = 0; done < st.st_size; )
			if (sendfile(to, from, &done, (size_t)(st.st_size - done)) <= 0)
				break;
	if (ftruncate(from, 0) < 0)
		return;
}
