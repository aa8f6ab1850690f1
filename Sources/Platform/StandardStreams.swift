// The three descriptors that every program starts with. The choice: a program may start without them, or lose their
// other end; neither ends it, and no data file ever gets one of their numbers.

import Glibc

package enum StandardStreams {
    /// Makes writing to the streams safe; call it before any file is opened.
    ///
    /// The next opened file would get the number of a closed stream, and messages would be written into it. So a closed
    /// stream is replaced by one that reads as empty, to which writing is still an error. Writing to a pipe without a
    /// reader, or beyond the limit on file sizes, becomes an error of the call and not a signal.
    package static func prepare() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free descriptor is this one.
            if open("/dev/null", O_RDONLY) == -1 { _ = open("/", O_RDONLY) }
        }
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Writes all of a text, waiting while the other end is slow.
    ///
    /// Returns the system's error number on failure.
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

    /// Waits until the descriptor is writable: others that share the terminal or pipe may have made it non-blocking.
    private static func awaitRoom(in descriptor: Int32) {
        var it = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&it, 1, -1)
    }
}
