import Glibc
import SheafSupervision

/// The signals that a supervisor waits for; they are blocked, so that none comes at another time.
struct Signals {
    private var set = sigset_t()

    init() {
        sigemptyset(&set)
        for number in [SIGCHLD, SIGTERM, SIGINT] { sigaddset(&set, number) }
        sigprocmask(SIG_BLOCK, &set, nil)
        // A terminal or a pipe that goes away is no reason to end.
        signal(SIGHUP, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for the next signal, until a deadline when there is one.
    ///
    /// - Returns: nil when the deadline came first.
    func next(before deadline: Milliseconds?) -> Int32? {
        var set = set
        while true {
            let number: Int32
            if let deadline {
                let left = max(deadline - Clock.now, 0)
                var limit = timespec(tv_sec: Int(left / 1000), tv_nsec: Int(left % 1000) * 1_000_000)
                number = sigtimedwait(&set, nil, &limit)
            } else {
                number = sigwaitinfo(&set, nil)
            }
            if number > 0 { return number }
            if errno == EAGAIN { return nil }
        }
    }
}
