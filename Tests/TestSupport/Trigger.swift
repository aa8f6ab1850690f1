// Does something to a program at a moment of its life that a test chooses: sends it a signal, or sets the clock. The
// choice: a moment is told by the calls that the program makes, so that it comes in every run at the same place,
// however slow the machine is.

import Foundation

/// What happens to a program, and when.
package struct Trigger: Sendable {
    package enum Event: Sendable {
        /// Only the note is written.
        case nothing
        /// The program gets a signal.
        case signal(Int32)
        /// The parent of the program gets a signal: for a rank on this machine, mpirun.
        case signalToParent(Int32)
        /// The clock of the time of day jumps by so many seconds; the one that counts from the machine's start does not.
        case clock(seconds: Int)
    }

    /// Calls of one kind on files whose path has this part.
    package struct Calls: Sendable {
        let name, part: String
        let count: Int

        /// - Parameter name: `write`, `pwrite`, `pread`, `mkdir` or `rename`.
        package init(_ name: String, _ part: String, count: Int = 1) {
            (self.name, self.part, self.count) = (name, part, count)
        }
    }

    private let event: Event
    private let calls: [Calls]
    private let rank: Int?

    /// - Parameters:
    ///   - calls: the moment is before the last of these is made, once those before it were made in their order.
    ///   - rank: the only rank of a job whose calls count; nil if every process has its own moment.
    package init(_ event: Event, after calls: [Calls], ofRank rank: Int? = nil) {
        (self.event, self.calls, self.rank) = (event, calls, rank)
    }

    /// The variables to add to the environment of the program, which at the moment writes `/proc/self/status` to the
    /// file `note`.
    package func environment(note: String) throws -> [String: String] {
        var environment = [
            "LD_PRELOAD": try Self.library.get().path, "MOMENT_NOTE": note,
            "MOMENT_CALLS": calls.map { "\($0.name) \($0.part) \($0.count)" }.joined(separator: " "),
        ]
        if let rank { environment["MOMENT_RANK"] = "\(rank)" }
        switch event {
        case .nothing: break
        case .signal(let number): environment["MOMENT_SIGNAL"] = "\(number)"
        case .signalToParent(let number): environment["MOMENT_PARENT_SIGNAL"] = "\(number)"
        case .clock(let seconds): environment["MOMENT_SECONDS"] = "\(seconds)"
        }
        return environment
    }

    private static let library = Result { try PreloadedLibrary(source: source) }

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <limits.h>
        #include <pthread.h>
        #include <signal.h>
        #include <stdarg.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>
        #define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

        static atomic_long ahead; // seconds
        static void strike(void) {
            const char *own = getenv("MOMENT_SIGNAL"), *parents = getenv("MOMENT_PARENT_SIGNAL");
            const char *seconds = getenv("MOMENT_SECONDS");
            FILE *status = fopen("/proc/self/status", "r"), *note = fopen(getenv("MOMENT_NOTE"), "w");
            for (int byte; status && note && (byte = getc(status)) != EOF;) putc(byte, note);
            if (status) fclose(status);
            if (note) fclose(note);
            if (seconds) atomic_store(&ahead, atol(seconds));
            if (own) kill(getpid(), atoi(own));
            if (parents) kill(getppid(), atoi(parents));
        }
        static void pass(const char *name, const char *path, int file) {
            static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
            static struct { char name[16], part[200]; int left; } moments[8];
            static int count = -1, next;
            char link[64], target[PATH_MAX] = {0};
            int saved = errno, struck = 0;
            if (!path) {
                snprintf(link, sizeof link, "/proc/self/fd/%d", file);
                if (readlink(link, target, sizeof target - 1) < 0) target[0] = 0;
                path = target;
            }
            pthread_mutex_lock(&lock);
            if (count < 0) {
                const char *rank = getenv("OMPI_COMM_WORLD_RANK"), *wanted = getenv("MOMENT_RANK");
                const char *text = getenv("MOMENT_CALLS");
                int isMeant = text && (!wanted || (rank && !strcmp(rank, wanted))), used = 0;
                for (count = 0; isMeant && count < 8; count++, text += used)
                    if (sscanf(
                            text, " %15s %199s %d%n", moments[count].name, moments[count].part,
                            &moments[count].left, &used) != 3)
                        break;
            }
            if (next < count && !strcmp(moments[next].name, name) && strstr(path, moments[next].part)
                && --moments[next].left == 0)
                struck = ++next == count;
            pthread_mutex_unlock(&lock);
            if (struck) strike();
            errno = saved;
        }
        ssize_t write(int file, const void *bytes, size_t count) {
            pass("write", NULL, file);
            return REAL(write)(file, bytes, count);
        }
        ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
            pass("pwrite", NULL, file);
            return REAL(pwrite64)(file, bytes, count, at);
        }
        ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) { return pwrite64(file, bytes, count, at); }
        ssize_t pread64(int file, void *bytes, size_t count, off64_t at) {
            pass("pread", NULL, file);
            return REAL(pread64)(file, bytes, count, at);
        }
        ssize_t pread(int file, void *bytes, size_t count, off_t at) { return pread64(file, bytes, count, at); }
        int mkdir(const char *path, mode_t mode) {
            pass("mkdir", path, -1);
            return REAL(mkdir)(path, mode);
        }
        int rename(const char *old, const char *new) {
            pass("rename", new, -1);
            return REAL(rename)(old, new);
        }
        int clock_gettime(clockid_t clock, struct timespec *time) {
            int result = REAL(clock_gettime)(clock, time);
            int isOfDay = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
            if (!result && isOfDay) time->tv_sec += atomic_load(&ahead);
            return result;
        }
        int gettimeofday(struct timeval *restrict time, void *restrict zone) {
            int result = REAL(gettimeofday)(time, zone);
            if (!result) time->tv_sec += atomic_load(&ahead);
            return result;
        }
        time_t time(time_t *place) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (place) *place = now.tv_sec;
            return now.tv_sec;
        }
        int pthread_cond_timedwait(
            pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
            const struct timespec *restrict until) {
            int (*real)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *) =
                dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
            // What is due within the first thirty years is by the monotonic clock.
            if (until->tv_sec < 1000000000) return real(condition, mutex, until);
            for (;;) {
                struct timespec now;
                clock_gettime(CLOCK_REALTIME, &now);
                long left = until->tv_sec - now.tv_sec;
                if (left < 0 || (left == 0 && now.tv_nsec >= until->tv_nsec)) return ETIMEDOUT;
                struct timespec soon;
                REAL(clock_gettime)(CLOCK_REALTIME, &soon);
                soon.tv_nsec += 10000000;
                if (soon.tv_nsec >= 1000000000) soon.tv_sec++, soon.tv_nsec -= 1000000000;
                int result = real(condition, mutex, &soon);
                if (result != ETIMEDOUT) return result;
            }
        }
        """
}
