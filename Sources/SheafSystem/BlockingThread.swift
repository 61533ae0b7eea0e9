import Glibc

/// A thread of the operating system for work that computes long or blocks, away from the pool of Swift's tasks.
///
/// Whoever starts one ends it with `join` or with `detach`, once.
package struct BlockingThread: Sendable {
    private let thread: pthread_t

    private final class Body {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs a body on a new thread.
    ///
    /// - Throws: `SystemError` when the system has no more threads; the body does not run then.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) -> BlockingThread {
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
        return BlockingThread(thread: thread)
    }

    /// Waits until the body has returned.
    package func join() { pthread_join(thread, nil) }

    /// Lets the thread free itself when the body returns.
    package func detach() { pthread_detach(thread) }
}
