// Injects failing system calls, or a kill, at a point that a test chooses. The choice: a small C library preloaded
// before the system's own (LD_PRELOAD) and built on first use, so that the program under test is the real one.

import Foundation

/// A fault to inject into a program.
package enum Fault {
    /// `flock` fails with this error, as on a file system without locks.
    case noLocks(errno: Int32)
    /// Opening a folder whose path has this suffix for listing fails the first time.
    case unreadableFolder(String, errno: Int32)
    /// The program is killed instead of the nth rename to a path with this suffix.
    case killedAtRename(String, time: Int)
    /// Removing a file whose path has this suffix fails.
    case unremovableFile(String, errno: Int32)
    /// The nth call that changes files of which the path has this part, counted over all threads, is not made: the
    /// program is killed.
    case killedAtCall(Int, on: String)
    /// The nth such call fails.
    case failingCall(Int, on: String, errno: Int32)
    /// Every second such call is interrupted, from the first or from the second one on.
    case everySecondCallInterrupted(from: Int, on: String)
    /// Every second such call, if it writes, writes half of its bytes.
    case everySecondWriteShort(from: Int, on: String)
    /// Nothing fails; the names of such calls are appended to a file, one per line.
    case noted(in: String, on: String)

    /// The variables to add to the environment of the program.
    package var environment: [String: String] {
        get throws {
            var more: [String: String] = [:]
            let facts: (call: String, path: String, number: Int)
            switch self {
            case .killedAtCall(let time, let path):
                (facts, more) = (("any", path, time), ["FAULT_KIND": "kill"])
            case .failingCall(let time, let path, let errno):
                (facts, more) = (("any", path, time), ["FAULT_KIND": "fail", "FAULT_ERRNO": "\(errno)"])
            case .everySecondCallInterrupted(let first, let path):
                (facts, more) = (("any", path, first), ["FAULT_KIND": "interrupt"])
            case .everySecondWriteShort(let first, let path):
                (facts, more) = (("any", path, first), ["FAULT_KIND": "short"])
            case .noted(let file, let path):
                (facts, more) = (("any", path, 0), ["FAULT_KIND": "note", "FAULT_NOTES": file])
            default:
                facts = oneCall
            }
            return [
                "LD_PRELOAD": try Self.library.get().path, "FAULT_CALL": facts.call,
                "FAULT_PATH": facts.path,
                "FAULT_NUMBER": "\(facts.number)",
            ].merging(more) { $1 }
        }
    }

    /// What fails of the faults of a single kind of call.
    private var oneCall: (call: String, path: String, number: Int) {
        switch self {
        case .noLocks(let errno): ("flock", "", Int(errno))
        case .unreadableFolder(let path, let errno): ("opendir", path, Int(errno))
        case .killedAtRename(let path, let time): ("rename", path, time)
        case .unremovableFile(let path, let errno): ("unlink", path, Int(errno))
        default: preconditionFailure("\(self) concerns every call")
        }
    }

    private static let library = Result { try PreloadedLibrary(source: source) }

    private static let source = """
        #define _GNU_SOURCE
        #include <dirent.h>
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <limits.h>
        #include <signal.h>
        #include <stdarg.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/file.h>
        #include <unistd.h>

        static int number(void) { return atoi(getenv("FAULT_NUMBER")); }
        static int is_meant(const char *call, const char *path) {
            const char *wanted = getenv("FAULT_CALL"), *end = getenv("FAULT_PATH");
            if (!wanted || !end || strcmp(call, wanted)) return 0;
            size_t length = strlen(path), least = strlen(end);
            return length >= least && !strcmp(path + length - least, end);
        }
        #define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

        // Every call that changes a file: whether this is the one that fails. `path` may be NULL for an open file.
        enum { NOTHING, FAILS, IS_SHORT };
        static atomic_int calls;
        static int strike(const char *name, const char *path, int file) {
            const char *wanted = getenv("FAULT_CALL"), *part = getenv("FAULT_PATH"), *kind = getenv("FAULT_KIND");
            if (!wanted || strcmp(wanted, "any") || !part || !kind) return NOTHING;
            char link[64], target[PATH_MAX] = {0};
            if (!path) {
                snprintf(link, sizeof link, "/proc/self/fd/%d", file);
                if (readlink(link, target, sizeof target - 1) < 0) return NOTHING;
                path = target;
            }
            if (!strstr(path, part)) return NOTHING;
            int time = atomic_fetch_add(&calls, 1) + 1;
            if (!strcmp(kind, "note")) {
                FILE *notes = fopen(getenv("FAULT_NOTES"), "a");
                if (notes) fprintf(notes, "%s\\n", name), fclose(notes);
            }
            int is_second = time % 2 == number() % 2;
            if (!strcmp(kind, "short")) return is_second ? IS_SHORT : NOTHING;
            if (!strcmp(kind, "interrupt")) {
                if (is_second) errno = EINTR;
                return is_second ? FAILS : NOTHING;
            }
            if (time != number()) return NOTHING;
            if (!strcmp(kind, "kill")) raise(SIGKILL);
            errno = atoi(getenv("FAULT_ERRNO") ? getenv("FAULT_ERRNO") : "0");
            return strcmp(kind, "fail") ? NOTHING : FAILS;
        }
        ssize_t write(int file, const void *bytes, size_t count) {
            int found = strike("write", NULL, file);
            if (found == FAILS) return -1;
            return REAL(write)(file, bytes, found == IS_SHORT && count > 1 ? count / 2 : count);
        }
        ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
            int found = strike("pwrite", NULL, file);
            if (found == FAILS) return -1;
            return REAL(pwrite64)(file, bytes, found == IS_SHORT && count > 1 ? count / 2 : count, at);
        }
        ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) { return pwrite64(file, bytes, count, at); }
        int fsync(int file) { return strike("fsync", NULL, file) == FAILS ? -1 : REAL(fsync)(file); }
        int mkdir(const char *path, mode_t mode) {
            return strike("mkdir", path, -1) == FAILS ? -1 : REAL(mkdir)(path, mode);
        }
        int open(const char *path, int flags, ...) {
            va_list rest;
            va_start(rest, flags);
            mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
            va_end(rest);
            if (flags & (O_CREAT | O_WRONLY | O_RDWR) && strike("open", path, -1) == FAILS) return -1;
            return REAL(open)(path, flags, mode);
        }
        int open64(const char *path, int flags, ...) {
            va_list rest;
            va_start(rest, flags);
            mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
            va_end(rest);
            return open(path, flags, mode);
        }
        int flock(int file, int operation) {
            if (!is_meant("flock", "")) return REAL(flock)(file, operation);
            errno = number();
            return -1;
        }
        DIR *opendir(const char *path) {
            static int times;
            if (!is_meant("opendir", path) || times++) return REAL(opendir)(path);
            errno = number();
            return NULL;
        }
        int unlink(const char *path) {
            if (strike("unlink", path, -1) == FAILS) return -1;
            if (!is_meant("unlink", path)) return REAL(unlink)(path);
            errno = number();
            return -1;
        }
        int rename(const char *old, const char *new) {
            static int times;
            if (strike("rename", new, -1) == FAILS) return -1;
            if (is_meant("rename", new) && ++times == number()) raise(SIGKILL);
            return REAL(rename)(old, new);
        }
        """
}
