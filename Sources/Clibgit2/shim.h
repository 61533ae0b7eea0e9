#pragma once
#include <git2.h>
#if LIBGIT2_VER_MAJOR < 1
#error "Sheaf needs libgit2 1.0 or later: apt-get install libgit2-dev"
#endif

// `git_libgit2_opts` takes a variable number of arguments, which Swift cannot pass.

// Repositories with these extensions are read like any other: a blob that a partial clone lacks is reported when needed.
static inline int sheaf_git_accept_extensions(void) {
    const char *extensions[] = {"partialclone", "worktreeconfig"};
    return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, (size_t)2);
}
