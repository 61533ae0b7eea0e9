// A decoder for DEFLATE (RFC 1951) in the manner of libdeflate: 64 bits at a time, tables of 11 and 8 bits with second
// tables behind them, and room behind both buffers in place of a check for each byte.
//
// Every read lies below input + size + SHEAF_INFLATE_INPUT_SLACK and every write below output + size +
// SHEAF_INFLATE_OUTPUT_SLACK: `next` is at most input + size + 8 whenever 8 bytes are loaded, and between two checks of
// `out` at most three literals and one match of 258 bytes, rounded up to words, are written.
#include "CInflate.h"
#include <string.h>

enum {
    LITERAL_BITS = 11,
    OFFSET_BITS = 8,
    MOST_LITERALS = 288,
    MOST_OFFSETS = 32,
    MOST_BITS = 15,
};

// An entry of a table. Its low byte is how many bits are taken.
// Literal:   bit 31; bits 16 to 23 the byte.
// Match:     bits 16 to 30 the base, bits 8 to 13 how many of the bits taken are the code, the others being extra bits.
// Otherwise: bit 15, with bit 14 the place of a second table (bits 16 to 30) and its size in bits (bits 8 to 11), with
//            bit 13 the end of the block, with neither no code at all.
#define IS_LITERAL 0x80000000u
#define IS_OTHER 0x8000u
#define IS_TABLE 0x4000u
#define IS_END 0x2000u

static const uint16_t length_base[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                       31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t offset_base[] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                       193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};

static uint32_t literal_entry(unsigned symbol, unsigned bits) {
    if (symbol < 256) return IS_LITERAL | symbol << 16 | bits;
    if (symbol == 256) return IS_OTHER | IS_END | bits;
    unsigned index = symbol - 257;
    if (index >= sizeof length_extra) return IS_OTHER;
    return (uint32_t)length_base[index] << 16 | bits << 8 | (bits + length_extra[index]);
}

static uint32_t offset_entry(unsigned symbol, unsigned bits) {
    if (symbol >= 30) return IS_OTHER;
    unsigned extra = symbol < 4 ? 0 : symbol / 2 - 1;
    return (uint32_t)offset_base[symbol] << 16 | bits << 8 | (bits + extra);
}

static uint32_t code_length_entry(unsigned symbol, unsigned bits) { return symbol << 16 | bits; }

static inline unsigned reversed(unsigned code, unsigned bits) {
    code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
    code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
    code = (code & 0x0f0f) << 4 | (code >> 4 & 0x0f0f);
    code = (code & 0x00ff) << 8 | (code >> 8 & 0x00ff);
    return code >> (16 - bits);
}

// Fills a table for codes of these lengths. Incomplete codes, which git's zlib does not write, are refused.
static inline bool build(uint32_t *table, size_t capacity, unsigned table_bits, const uint8_t *lengths, unsigned count,
                  uint32_t (*entry)(unsigned symbol, unsigned bits)) {
    unsigned counts[MOST_BITS + 1] = {0}, next_code[MOST_BITS + 2] = {0};
    for (unsigned i = 0; i < count; i++) counts[lengths[i]]++;
    counts[0] = 0;
    unsigned used = 0;
    for (unsigned bits = 1; bits <= MOST_BITS; bits++) {
        next_code[bits + 1] = (next_code[bits] + counts[bits]) << 1;
        used += counts[bits] << (MOST_BITS - bits);
    }
    if (used != 1u << MOST_BITS) return false;
    uint16_t codes[MOST_LITERALS];
    uint8_t longest[1 << LITERAL_BITS];
    memset(longest, 0, (size_t)1 << table_bits);
    bool has_long = false;
    unsigned mask = (1u << table_bits) - 1;
    for (unsigned i = 0; i < count; i++) {
        unsigned bits = lengths[i];
        if (bits == 0) continue;
        codes[i] = (uint16_t)reversed(next_code[bits]++, bits);
        if (bits <= table_bits) continue;
        has_long = true;
        if (bits > longest[codes[i] & mask]) longest[codes[i] & mask] = (uint8_t)bits;
    }
    size_t end = (size_t)1 << table_bits;
    for (unsigned start = 0; has_long && start <= mask; start++) {
        if (longest[start] == 0) continue;
        unsigned bits = longest[start] - table_bits;
        if (end + ((size_t)1 << bits) > capacity) return false;
        table[start] = (uint32_t)end << 16 | IS_OTHER | IS_TABLE | bits << 8 | table_bits;
        end += (size_t)1 << bits;
    }
    for (unsigned i = 0; i < count; i++) {
        unsigned bits = lengths[i];
        if (bits == 0) continue;
        uint32_t *part = table;
        unsigned code = codes[i], size = table_bits, own = bits;
        if (bits > table_bits) {
            uint32_t link = table[code & mask];
            part = table + (link >> 16);
            size = link >> 8 & 0xf;
            code >>= table_bits;
            own = bits - table_bits;
        }
        uint32_t value = entry(i, own);
        for (unsigned place = code; place < 1u << size; place += 1u << own) part[place] = value;
    }
    return true;
}

struct reader {
    const uint8_t *next;
    // As many bytes as the slack may be loaded from behind this.
    const uint8_t *limit;
    uint64_t bits;
    // How many of `bits` are counted as there; those above are the same that a refill puts there.
    unsigned count;
};

static inline uint64_t load(const uint8_t *from) {
    uint64_t word;
    memcpy(&word, from, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

// Makes at least 56 bits available; false far enough behind the end of the input.
static inline bool refill(struct reader *r) {
    if (r->next > r->limit) return false;
    r->bits |= load(r->next) << r->count;
    r->next += (63 - r->count) >> 3;
    r->count |= 56;
    return true;
}

static inline unsigned take(struct reader *r, unsigned count) {
    unsigned value = (unsigned)(r->bits & ((1u << count) - 1));
    r->bits >>= count;
    r->count -= count;
    return value;
}

static bool build_fixed(struct sheaf_inflater *inflater) {
    uint8_t lengths[MOST_LITERALS];
    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    if (!build(inflater->literals, 4096, LITERAL_BITS, lengths, 288, literal_entry)) return false;
    memset(lengths, 5, 32);
    return build(inflater->offsets, 1024, OFFSET_BITS, lengths, 32, offset_entry);
}

static bool build_dynamic(struct sheaf_inflater *inflater, struct reader *r) {
    static const uint8_t order[] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    if (!refill(r)) return false;
    unsigned literals = take(r, 5) + 257, offsets = take(r, 5) + 1, count = take(r, 4) + 4;
    if (literals > 286 || offsets > 30) return false;
    uint8_t code_lengths[19] = {0};
    for (unsigned i = 0; i < count; i++) {
        if (!refill(r)) return false;
        code_lengths[order[i]] = (uint8_t)take(r, 3);
    }
    uint32_t table[128];
    if (!build(table, 128, 7, code_lengths, 19, code_length_entry)) return false;
    uint8_t lengths[286 + 30 + 138] = {0};
    unsigned filled = 0;
    while (filled < literals + offsets) {
        if (!refill(r)) return false;
        uint32_t entry = table[r->bits & 127];
        take(r, entry & 0xff);
        unsigned symbol = entry >> 16, times = 1;
        uint8_t length = (uint8_t)symbol;
        if (symbol == 16) {
            if (filled == 0) return false;
            length = lengths[filled - 1];
            times = 3 + take(r, 2);
        } else if (symbol == 17) {
            length = 0;
            times = 3 + take(r, 3);
        } else if (symbol == 18) {
            length = 0;
            times = 11 + take(r, 7);
        }
        memset(lengths + filled, length, times);
        filled += times;
    }
    if (filled != literals + offsets) return false;
    return build(inflater->literals, 4096, LITERAL_BITS, lengths, literals, literal_entry) &&
           build(inflater->offsets, 1024, OFFSET_BITS, lengths + literals, offsets, offset_entry);
}

static bool copy_stored(struct reader *r, uint8_t **out, uint8_t *end, const uint8_t *input_end) {
    // Whole bytes that were loaded and not taken go back.
    const uint8_t *from = r->next - (r->count >> 3);
    r->bits = 0;
    r->count = 0;
    if (from > input_end || input_end - from < 4) return false;
    size_t size = from[0] | (size_t)from[1] << 8;
    if ((size ^ 0xffff) != (from[2] | (size_t)from[3] << 8)) return false;
    from += 4;
    if ((size_t)(input_end - from) < size || (size_t)(end - *out) < size) return false;
    memcpy(*out, from, size);
    *out += size;
    r->next = from + size;
    return true;
}

static inline void copy_match(uint8_t *out, unsigned offset, unsigned length) {
    const uint8_t *from = out - offset;
    uint8_t *end = out + length;
    if (offset >= 8) {
        do {
            memcpy(out, from, 8);
            out += 8;
            from += 8;
        } while (out < end);
    } else if (offset == 1) {
        memset(out, *from, length);
    } else {
        while (out < end) *out++ = *from++;
    }
}

// Decodes the symbols of one block. The state is held in registers, which `struct reader` would not be.
static inline __attribute__((always_inline)) bool decode(const struct sheaf_inflater *inflater, struct reader *r,
                                                         const uint8_t *output, uint8_t **place, uint8_t *end) {
    const uint32_t *literals = inflater->literals, *offsets = inflater->offsets;
    const uint8_t *next = r->next, *limit = r->limit;
    uint64_t bits = r->bits;
    unsigned count = r->count;
    uint8_t *out = *place;
#define REFILL()                              \
    do {                                      \
        if (next > limit) return false;       \
        bits |= load(next) << (count & 63);   \
        next += (63 - count) >> 3;            \
        count |= 56;                          \
    } while (0)
#define TAKE(number)            \
    do {                        \
        unsigned n = (number);  \
        bits >>= n;             \
        count -= n;             \
    } while (0)
#define LITERAL()                        \
    do {                                 \
        TAKE(entry & 0x1f);              \
        *out++ = (uint8_t)(entry >> 16); \
    } while (0)
    for (;;) {
        if (out > end) return false;
        REFILL();
        uint32_t entry = literals[bits & ((1 << LITERAL_BITS) - 1)];
        if (entry & IS_LITERAL) {
            // Each takes at most 11 of at least 56 bits.
            LITERAL();
            entry = literals[bits & ((1 << LITERAL_BITS) - 1)];
            if (entry & IS_LITERAL) {
                LITERAL();
                entry = literals[bits & ((1 << LITERAL_BITS) - 1)];
                if (entry & IS_LITERAL) {
                    LITERAL();
                    continue;
                }
            }
            REFILL();
        }
        if (entry & IS_OTHER) {
            TAKE(entry & 0x1f);
            if (entry & IS_TABLE) {
                entry = literals[(entry >> 16) + (bits & ((1u << (entry >> 8 & 0xf)) - 1))];
                if (entry & IS_LITERAL) {
                    LITERAL();
                    continue;
                }
                if (entry & IS_OTHER) TAKE(entry & 0x1f);
            }
            if (entry & IS_END) break;
            if (entry & IS_OTHER) return false;
        }
        // At most 15 bits of the code and 5 more, and 28 for the offset.
        uint64_t saved = bits;
        unsigned taken = entry & 0x1f;
        TAKE(taken);
        unsigned length = (entry >> 16) + (unsigned)((saved & (((uint64_t)1 << taken) - 1)) >> (entry >> 8 & 0x1f));
        entry = offsets[bits & ((1 << OFFSET_BITS) - 1)];
        if (entry & IS_OTHER) {
            if (!(entry & IS_TABLE)) return false;
            TAKE(OFFSET_BITS);
            entry = offsets[(entry >> 16) + (bits & ((1u << (entry >> 8 & 0xf)) - 1))];
            if (entry & IS_OTHER) return false;
        }
        saved = bits;
        taken = entry & 0x1f;
        TAKE(taken);
        unsigned offset = (entry >> 16) + (unsigned)((saved & (((uint64_t)1 << taken) - 1)) >> (entry >> 8 & 0x1f));
        if (offset > (size_t)(out - output)) return false;
        copy_match(out, offset, length);
        out += length;
    }
    r->next = next;
    r->bits = bits;
    r->count = count;
    *place = out;
    return true;
}

static bool decode_anywhere(const struct sheaf_inflater *inflater, struct reader *r, const uint8_t *output,
                            uint8_t **place, uint8_t *end) {
    return decode(inflater, r, output, place, end);
}

#ifdef __x86_64__
// Shifts by a number that is not constant take one step there, and three without.
__attribute__((target("bmi,bmi2"))) static bool decode_bmi2(const struct sheaf_inflater *inflater, struct reader *r,
                                                            const uint8_t *output, uint8_t **place, uint8_t *end) {
    return decode(inflater, r, output, place, end);
}
#endif

bool sheaf_inflate(struct sheaf_inflater *inflater, const uint8_t *input, size_t input_size, uint8_t *output,
                   size_t output_size) {
    if (input_size < 6) return false;
    if ((input[0] & 0x0f) != 8 || ((unsigned)input[0] << 8 | input[1]) % 31 != 0 || (input[1] & 0x20) != 0) return false;
    bool (*decode_block)(const struct sheaf_inflater *, struct reader *, const uint8_t *, uint8_t **, uint8_t *) =
        decode_anywhere;
#ifdef __x86_64__
    if (__builtin_cpu_supports("bmi2")) decode_block = decode_bmi2;
#endif
    const uint8_t *input_end = input + input_size;
    struct reader r = {input + 2, input_end + 8, 0, 0};
    uint8_t *out = output, *end = output + output_size;
    bool is_last = false;
    while (!is_last) {
        if (!refill(&r)) return false;
        is_last = take(&r, 1);
        unsigned kind = take(&r, 2);
        if (kind == 0) {
            if (!copy_stored(&r, &out, end, input_end)) return false;
            continue;
        }
        if (kind == 3 || !(kind == 1 ? build_fixed(inflater) : build_dynamic(inflater, &r))) return false;
        if (!decode_block(inflater, &r, output, &out, end)) return false;
    }
    // What was taken must have been input.
    return out == end && r.next - (r.count >> 3) <= input_end;
}
