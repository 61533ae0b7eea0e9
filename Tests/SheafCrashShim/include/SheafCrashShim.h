// Preloaded into `sheaf` by the crash tests; nothing of it is called by name.
#pragma once
