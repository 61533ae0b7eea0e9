#pragma once
#include <git2.h>
#if LIBGIT2_VER_MAJOR < 1
#error "Sheaf needs libgit2 1.0 or later: apt-get install libgit2-dev"
#endif
