import AWSClient

/// An operation that the simulated account answers. A new one is an extension in its service's file.
protocol SimulatedOperation: AWSOperation {
    /// Answers from memory, with the error that AWS would give.
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output
}
