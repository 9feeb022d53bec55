#include <zlib.h>

// Macros, which Swift does not see: they hand on the version and the size that the header was made for.
static inline int daybook_deflate_init(z_stream *stream, int level, int window_bits) {
  return deflateInit2(stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
}

static inline int daybook_inflate_init(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}
