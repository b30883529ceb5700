import Glibc

/// Where several loops leave the error that ends the run; the first counts.
///
/// `@unchecked Sendable`: `error` is guarded by `mutex`.
final class FirstFailure: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var error: RuntimeError?

    init() {
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

    func report(_ error: RuntimeError) {
        pthread_mutex_lock(mutex)
        if self.error == nil { self.error = error }
        pthread_cond_signal(changed)
        pthread_mutex_unlock(mutex)
    }

    /// Blocks until there is one.
    func wait() -> RuntimeError {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let error { return error }
            pthread_cond_wait(changed, mutex)
        }
    }
}
