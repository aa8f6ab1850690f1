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
    /// The program is killed instead of its nth call that writes, names or removes files.
    case killedAtChange(Int)
    /// Removing a file whose path has this suffix fails.
    case unremovableFile(String, errno: Int32)

    /// The variables to add to the environment of the program.
    package var environment: [String: String] {
        get throws {
            let facts: (call: String, path: String, number: Int) =
                switch self {
                case .noLocks(let errno): ("flock", "", Int(errno))
                case .unreadableFolder(let path, let errno): ("opendir", path, Int(errno))
                case .killedAtRename(let path, let time): ("rename", path, time)
                case .killedAtChange(let time): ("change", "", time)
                case .unremovableFile(let path, let errno): ("unlink", path, Int(errno))
                }
            return [
                "LD_PRELOAD": try Self.library.get().file("faults.so"), "FAULT_CALL": facts.call,
                "FAULT_PATH": facts.path,
                "FAULT_NUMBER": "\(facts.number)",
            ]
        }
    }

    private static let library = Result {
        let folder = try TemporaryFolder()
        try folder.write(Array(source.utf8), to: "faults.c")
        let result = try Command.run(
            "clang", ["-O1", "-shared", "-fPIC", "-o", folder.file("faults.so"), folder.file("faults.c"), "-ldl"])
        guard result.status == 0 else { throw FaultError(description: result.stderr) }
        return folder
    }

    private static let source = """
        #define _GNU_SOURCE
        #include <dirent.h>
        #include <dlfcn.h>
        #include <errno.h>
        #include <signal.h>
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

        static void change(void) {
            static _Atomic int times;
            if (is_meant("change", "") && ++times == number()) raise(SIGKILL);
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
            change();
            if (!is_meant("unlink", path)) return REAL(unlink)(path);
            errno = number();
            return -1;
        }
        int fsync(int file) {
            change();
            return REAL(fsync)(file);
        }
        ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
            change();
            return REAL(pwrite)(file, bytes, count, offset);
        }
        int rename(const char *old, const char *new) {
            static int times;
            change();
            if (is_meant("rename", new) && ++times == number()) raise(SIGKILL);
            return REAL(rename)(old, new);
        }
        """
}

/// The compiler's error output.
package struct FaultError: Error, CustomStringConvertible {
    package var description: String
}
