#pragma once
#include <zlib.h>

// A macro, which Swift does not see.
static inline int sheaf_inflate_begin(z_stream *stream) { return inflateInit(stream); }
