import Glibc

/// A thread of its own for a loop that blocks.
enum LoopThread {
    /// Bytes of stack: a handler's deepest recursion runs on it. Only touched pages take memory.
    static let stackSize = 2 * 1024 * 1024

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread that nobody joins.
    static func start(_ run: @escaping @Sendable () -> Void) throws(RuntimeError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let body = Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread,
            &attributes,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            },
            body.toOpaque()
        )
        guard failure == 0 else {
            body.release()
            throw RuntimeError("cannot start a thread for a loop: \(RuntimeEndpoint.text(errno: failure))")
        }
    }
}
