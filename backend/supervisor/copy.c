/*
 * copy: see copy.h.
 */
#include "backend/supervisor/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"

static bool copy_bytes(int from, int to)
{
	struct stat st;
	off_t done = 0;

	if (fstat(from, &st) < 0)
		return false;
	while (done < st.st_size) {
		ssize_t n = sendfile(to, from, &done, (size_t)(st.st_size - done));

		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return false;
	}
	return fsync(to) == 0;
}

bool copy_if_missing(const char *from, const char *to, struct error **err)
{
	const char *slash = strrchr(to, '/');
	AUTO_FREE char *parent = mem_strndup(to, slash ? (size_t)(slash - to) : 0);
	AUTO_FREE char *temporary = mem_printf("%s/.tmp-XXXXXX", parent);
	AUTO_CLOSE int source = -1, target = -1;
	struct stat st;

	if (lstat(to, &st) == 0)
		return true;
	if (!slash || !file_make_dirs(parent, false, err))
		return false;
	source = open(from, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (source < 0) {
		error_set_errno(err, errno, "open '%s'", from);
		return false;
	}
	target = mkostemp(temporary, O_CLOEXEC);
	/* link(), unlike rename(), never replaces one that came meanwhile. */
	if (target < 0 || !copy_bytes(source, target) ||
	    (link(temporary, to) < 0 && errno != EEXIST)) {
		error_set_errno(err, errno, "copy '%s' to '%s'", from, to);
		if (target >= 0)
			unlink(temporary);
		return false;
	}
	unlink(temporary);
	return true;
}
