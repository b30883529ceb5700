import Glibc

/// Runs a handler's jobs on the loop's own thread, so that a handler that never suspends costs no thread hop.
///
/// Two states: *running* (the loop's thread is in `run`, or about to be: jobs are queued for it) and *parked* (it
/// waits for an event: a job that comes then, such as the turn of an actor that another loop's task waits for, goes
/// to Swift's global pool, so that nobody waits for a sleeping thread).
///
/// `@unchecked Sendable`: every mutable property is guarded by `mutex`.
final class LoopExecutor: TaskExecutor, @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [UnownedJob] = []
    private var firstJob = 0
    private var isParked = true
    private var isWaiting = false
    private var isFinished = false

    init() {
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        wakeUp.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(wakeUp, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(wakeUp)
        wakeUp.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        pthread_mutex_lock(mutex)
        if isParked {
            pthread_mutex_unlock(mutex)
            globalConcurrentExecutor.enqueue(ExecutorJob(unowned))
            return
        }
        jobs.append(unowned)
        if isWaiting { pthread_cond_signal(wakeUp) }
        pthread_mutex_unlock(mutex)
    }

    /// Jobs are queued from here on. To be called on the loop's thread before a task is made.
    func begin() {
        pthread_mutex_lock(mutex)
        isParked = false
        isFinished = false
        pthread_mutex_unlock(mutex)
    }

    /// The task that `run` waits for is done; what it wrote before is seen by `run`'s caller.
    func finish() {
        pthread_mutex_lock(mutex)
        isFinished = true
        if isWaiting { pthread_cond_signal(wakeUp) }
        pthread_mutex_unlock(mutex)
    }

    /// Runs what is still queued, then sends later jobs elsewhere.
    func park() {
        while true {
            pthread_mutex_lock(mutex)
            guard let job = takeJob() else { break }
            pthread_mutex_unlock(mutex)
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
        isParked = true
        pthread_mutex_unlock(mutex)
    }

    /// Runs jobs on this thread until `finish()`, or until `stop` has passed: then gives `false`. The time is looked
    /// at between jobs; a job that computes without end is not interrupted (Lambda itself ends it).
    func run(until stop: LambdaDeadline?) -> Bool {
        var isFirst = true
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isFinished {
            if !isFirst, let stop, stop.remainingMilliseconds() == 0 { return false }
            guard let job = takeJob() else {
                wait(until: stop)
                continue
            }
            isFirst = false
            pthread_mutex_unlock(mutex)
            job.runSynchronously(on: asUnownedTaskExecutor())
            pthread_mutex_lock(mutex)
        }
        return true
    }

    /// Waits for a job, the end or the time. The mutex is held.
    private func wait(until stop: LambdaDeadline?) {
        isWaiting = true
        if let stop {
            var point = Clocks.monotonic(after: stop.remainingMilliseconds())
            pthread_cond_timedwait(wakeUp, mutex, &point)
        } else {
            pthread_cond_wait(wakeUp, mutex)
        }
        isWaiting = false
    }

    /// The mutex is held.
    private func takeJob() -> UnownedJob? {
        guard firstJob < jobs.count else { return nil }
        let job = jobs[firstJob]
        firstJob += 1
        if firstJob == jobs.count {
            jobs.removeAll(keepingCapacity: true)
            firstJob = 0
        }
        return job
    }
}
