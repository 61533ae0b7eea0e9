import Glibc
import SheafSupervision

/// The two clocks of the kernel that a supervisor needs.
enum Clock {
    /// For deadlines; unaffected by changes of the date, and going on while the machine is suspended.
    static var now: Milliseconds { read(CLOCK_BOOTTIME) }

    /// For people: milliseconds since 1970.
    static var date: Milliseconds { read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> Milliseconds {
        var time = timespec()
        clock_gettime(clock, &time)
        return Milliseconds(time.tv_sec) * 1000 + Milliseconds(time.tv_nsec) / 1_000_000
    }
}
