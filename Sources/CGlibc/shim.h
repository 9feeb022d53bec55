#include <linux/stat.h>
#include <malloc.h>
#include <sys/timex.h>

// As sys/stat.h declares it for GNU programs.
extern int statx(
    int directory, const char *restrict path, int flags, unsigned int mask,
    struct statx *restrict status);
