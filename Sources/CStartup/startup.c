// Tells OpenBLAS to start no threads, before it is loaded: each would take 128 MB of addresses at once, which the limits
// of a batch system may not leave, and OpenBLAS then waits for them for ever. Our own threads call it (ThreadPool.swift).
//
// The choice: the environment is the only way to tell it, and it is read before main and before anything of Swift or of the C
// library's environment is ready. So the program starts itself again, with the same process id, from the one place that
// runs before all libraries.
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static void start_without_threads(int argc, char **argv, char **environment) {
    static char name[] = "OPENBLAS_NUM_THREADS=", one_thread[] = "OPENBLAS_NUM_THREADS=1";
    (void)argc;
    int count = 0;
    for (; environment[count]; count++) {
        if (!strcmp(environment[count], one_thread)) return;
    }
    char *changed[count + 2], path[4096];
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (strncmp(environment[i], name, sizeof name - 1)) changed[kept++] = environment[i];
    }
    changed[kept++] = one_thread;
    changed[kept] = NULL;
    // By its own name, which ps shows. Where that cannot be, OpenBLAS starts threads, and all else goes on.
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0) return;
    path[length] = 0;
    execve(path, argv, changed);
}

__attribute__((section(".preinit_array"), used)) static void (*const before_all_libraries)(int, char **, char **) =
    start_without_threads;
