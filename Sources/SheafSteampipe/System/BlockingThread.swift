import Glibc
import SheafSystem

/// A thread of the operating system for work that blocks, away from the pool of Swift's tasks.
package enum BlockingThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs a body on a new thread that frees itself at the end.
    ///
    /// - Throws: `SystemError` when the system has no more threads; the body does not run then.
    package static func start(_ body: @escaping @Sendable () -> Void) throws {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Body(run: body))
        let result = pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        guard result == 0 else {
            box.release()
            throw SystemError("start a thread", number: result)
        }
        pthread_detach(thread)
    }
}
