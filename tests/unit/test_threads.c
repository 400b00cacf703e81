/*
 * test_threads: definitions are read on several threads at once, the first
 * ones too, when the description of the format is not loaded yet.
 */
#include "tests/unit/tap.h"

#include <pthread.h>

#include "backend/xml/domain_def.h"
#include "backend/xml/schema.h"

#define THREADS 8

static const char text[] = "<domain type='qemu'><name>web</name><memory>1024</memory>"
	"<os><type>hvm</type></os><devices><disk type='file'><target dev='vda'/></disk></devices></domain>";
static pthread_barrier_t barrier;

static void *read_one(void *arg)
{
	struct schema_report report;
	struct document *d;
	size_t *errors = arg;

	pthread_barrier_wait(&barrier);
	d = document_parse(text, strlen(text), "text", NULL);
	schema_check(d, &report);
	*errors = report.n_errors;
	schema_report_done(&report);
	document_free(d);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	size_t errors[THREADS];

	pthread_barrier_init(&barrier, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		errors[i] = 99;
		pthread_create(&threads[i], NULL, read_one, &errors[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		is_int(errors[i], 0, "no errors");
	pthread_barrier_destroy(&barrier);
	return tap_done();
}
