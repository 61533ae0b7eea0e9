// The folders below templates/, as they are when the program is built.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct sheaf_template_file {
    const char *name; // of the template
    const char *path; // below the template's folder
    const unsigned char *bytes;
    size_t count;
    bool is_executable;
};

/// The file with a number from 0 on, ordered by template and path; a null pointer after the last.
const struct sheaf_template_file *sheaf_template_file(size_t number);
