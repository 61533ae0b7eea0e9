#ifndef SHEAF_MANIFEST_SCHEMAS_H
#define SHEAF_MANIFEST_SCHEMAS_H

#include <stddef.h>
#include <stdint.h>

/// A file of the manifest language that is part of the program.
struct sheaf_embedded_schema {
    /// Such as `kinds/service.yaml`, or the URI of a meta-schema.
    const char *name;
    const uint8_t *bytes;
    size_t count;
};

/// The embedded files, `sheaf_embedded_schema_count` of them; they stay for ever.
const struct sheaf_embedded_schema *sheaf_embedded_schemas(void);

/// The number of embedded files.
size_t sheaf_embedded_schema_count(void);

#endif
