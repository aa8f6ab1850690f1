// The three descriptors that every program is started with. The choice: a program may be started without them, or lose
// what is at their other end; neither ends it, and no file of data is ever taken for one of them.

import Glibc

package enum StandardStreams {
    /// Makes it safe to write to them; to be called before anything is opened.
    ///
    /// A closed one would be given to the next file that is opened, which messages would then be written into. It
    /// becomes one that can be read and holds nothing, so that writing to it is an error as before. Writing to a pipe
    /// that nobody reads, or beyond the limit on the size of files, becomes an error of the call instead of a signal.
    package static func prepare() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest number that is free is this one.
            if open("/dev/null", O_RDONLY) == -1 { _ = open("/", O_RDONLY) }
        }
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Writes all of a text, waiting as long as the other end is slow.
    ///
    /// Returns the system's error number where that failed.
    static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var text = text
        return text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[done...])
                let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if written >= 0 {
                    done += written
                } else if errno == EAGAIN {
                    awaitRoom(in: descriptor)
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }

    /// Others who share a terminal or a pipe may have made it one that does not wait.
    private static func awaitRoom(in descriptor: Int32) {
        var it = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&it, 1, -1)
    }
}
