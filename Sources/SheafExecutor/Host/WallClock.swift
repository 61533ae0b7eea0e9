import CLinux
import Glibc
import SheafSupervision

/// The time of day, as supervisors write it into their status.
enum WallClock {
    static var now: Milliseconds {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Milliseconds(time.tv_sec) * 1000 + Milliseconds(time.tv_nsec) / 1_000_000
    }
}
