#include <zlib.h>

// A macro, which Swift does not see: it hands on the version and the size that the header was made for.
static inline int daybook_deflate_init(z_stream *stream, int level, int window_bits) {
  return deflateInit2(stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
}
