extension Result {
    /// Runs a call and keeps its error, so that calls side by side can be judged in order.
    package init(catching call: () async throws(Failure) -> Success) async {
        do throws(Failure) {
            self = .success(try await call())
        } catch {
            self = .failure(error)
        }
    }
}
