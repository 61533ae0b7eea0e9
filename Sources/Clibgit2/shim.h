#pragma once
#include <git2.h>
#if LIBGIT2_VER_MAJOR < 1
#error "Sheaf needs libgit2 1.0 or later: apt-get install libgit2-dev"
#endif

// `git_libgit2_opts` takes a variable number of arguments, which Swift cannot pass.

// Repositories with these extensions are opened: whoever only reads can ignore most of them, a blob that a partial clone
// lacks is reported when needed, and Sheaf looks at the formats of objects and references by itself.
static inline int sheaf_git_accept_extensions(void) {
    const char *extensions[] = {
        "partialclone", "worktreeconfig", "relativeworktrees", "preciousobjects", "objectformat", "refstorage",
    };
    return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, sizeof(extensions) / sizeof(*extensions));
}

// Packs are mapped in windows of 1 GiB by default, and what is mapped counts as memory of the process.
static inline int sheaf_git_limit_memory(void) {
    int code = git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)(4 << 20));
    return code < 0 ? code : git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)(48 << 20));
}

// Sheaf digests every commit, tree and blob that it packs by itself, at a quarter of the cost.
static inline int sheaf_git_leave_hashing_to_sheaf(void) {
    return git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
}
