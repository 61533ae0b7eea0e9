// Decompresses what git has in its packs, in a third of the time that zlib takes.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How many bytes must be readable behind the input, whatever they are.
#define SHEAF_INFLATE_INPUT_SLACK 32
/// How many bytes must be writable behind the output; they are overwritten.
#define SHEAF_INFLATE_OUTPUT_SLACK 320

/// The tables of one thread.
struct sheaf_inflater {
    uint32_t literals[4096];
    uint32_t offsets[1024];
};

/// Decompresses a whole zlib stream (RFC 1950) of known content size.
///
/// The input may have other bytes behind the stream. The Adler-32 is not looked at: the caller digests the content.
/// Returns false for a stream that is damaged, of another size, or of a form that git does not write; then the output has
/// any content.
bool sheaf_inflate(struct sheaf_inflater *inflater, const uint8_t *input, size_t input_size, uint8_t *output,
                   size_t output_size);
