import Glibc

/// Where several loops say that they have ended, and with which error; the first one counts.
///
/// `@unchecked Sendable`: `error` and `running` are guarded by `mutex`.
final class LoopEnds: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var error: RuntimeError?
    private var running: Int

    init(of loops: Int) {
        running = loops
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        changed.initialize(to: pthread_cond_t())
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        changed.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Takes the end of so many loops. After an error the others are asked to end as well.
    func ended(_ count: Int, with error: RuntimeError?, _ stop: StopRequest) {
        if error != nil { stop.ask() }
        pthread_mutex_lock(mutex)
        if self.error == nil { self.error = error }
        running -= count
        pthread_cond_signal(changed)
        pthread_mutex_unlock(mutex)
    }

    /// Blocks until all have ended.
    func wait() -> RuntimeError? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while running > 0 { pthread_cond_wait(changed, mutex) }
        return error
    }
}
