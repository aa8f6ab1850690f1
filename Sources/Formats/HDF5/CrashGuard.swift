// Ends the program with a sentence where a C library would crash or loop over a damaged file: libhdf5 is known to. The choice:
// handlers that do nothing but write a sentence prepared before, and leave; after a crash nothing of the process can be
// trusted, and its unfinished files are found by the next one.

import Foundation

enum CrashGuard {
    /// What the handlers say, and the thread about which they say it.
    nonisolated(unsafe) private static var sentence = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 1024, alignment: 1)
    nonisolated(unsafe) private static var length = 0
    nonisolated(unsafe) private static var guarded = pthread_self()

    /// A stack of their own, for a thread that has used up its stack.
    nonisolated(unsafe) private static let stack = UnsafeMutableRawPointer.allocate(
        byteCount: stackSize, alignment: 16)
    private static let stackSize = 1 << 16

    private static let faults = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT]
    /// What arrives when a call has taken too long.
    private static let alarm = SIGVTALRM
    /// The seconds of processor time that a call may take: far more than for the largest pieces that are read.
    private static let mostSeconds = 10

    /// Calls `body`, in which one thread at a time may be, and says `text` if it crashes.
    static func run<Result>(saying text: String, _ body: () throws -> Result) throws -> Result {
        prepare(text)
        let previous = install()
        let timer = startTimer()
        defer {
            if timer.runs { timer_delete(timer.id) }
            previous.restore()
        }
        return try body()
    }

    private static func prepare(_ text: String) {
        let program = URL(fileURLWithPath: CommandLine.arguments.first ?? "").lastPathComponent
        let line = "\(program): \(text)".unicodeScalars.map { $0.value < 32 ? "?" : Character($0) }
        length = 0
        for byte in (String(line.prefix(500)) + "\n").utf8.prefix(sentence.count) {
            sentence[length] = byte
            length += 1
        }
        guarded = pthread_self()
    }

    /// What was there before the handlers.
    private struct Previous {
        var actions: [(Int32, sigaction)] = []
        var stack = stack_t()
        var mask = sigset_t()

        func restore() {
            var (stack, mask) = (stack, mask)
            for (number, action) in actions {
                var action = action
                sigaction(number, &action, nil)
            }
            sigaltstack(&stack, nil)
            pthread_sigmask(SIG_SETMASK, &mask, nil)
        }
    }

    private static func install() -> Previous {
        var previous = Previous(), own = stack_t(), unblocked = sigset_t()
        (own.ss_sp, own.ss_size, own.ss_flags) = (stack, stackSize, 0)
        sigaltstack(&own, &previous.stack)
        sigemptyset(&unblocked)
        for number in faults + [alarm] {
            var action = sigaction(), before = sigaction()
            action.__sigaction_handler.sa_handler = { CrashGuard.handle($0) }
            action.sa_flags = SA_ONSTACK
            sigaction(number, &action, &before)
            previous.actions.append((number, before))
            sigaddset(&unblocked, number)
        }
        pthread_sigmask(SIG_UNBLOCK, &unblocked, &previous.mask)
        return previous
    }

    /// A fault of another thread is none of the library's: it has its usual end.
    private static func handle(_ number: Int32) {
        guard number != SIGVTALRM, pthread_equal(pthread_self(), guarded) == 0 else { leave() }
        signal(number, SIG_DFL)
        raise(number)
    }

    private static func leave() -> Never {
        _ = write(STDERR_FILENO, sentence.baseAddress, length)
        _exit(1)
    }

    /// A timer of this thread's processor time, unless the system has none to spare. The first of a process is number 0,
    /// which Swift takes for none.
    private static func startTimer() -> (runs: Bool, id: timer_t?) {
        var event = sigevent(), id: timer_t?, time = itimerspec()
        event.sigev_notify = Int32(SIGEV_SIGNAL)
        event.sigev_signo = alarm
        guard timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &id) == 0 else { return (false, nil) }
        time.it_value.tv_sec = mostSeconds
        timer_settime(id, 0, &time, nil)
        return (true, id)
    }
}
