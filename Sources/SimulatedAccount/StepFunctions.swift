import AWSClient
import AWSOperations
import LosslessJSON
import Synchronization

/// A task ends once; a second end of it is answered as AWS does.
extension SendTaskSuccess: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        guard (1...2048).contains(taskToken.utf8.count) else {
            throw caller.refusal("InvalidToken", "Invalid Token: 'Invalid token'", 400)
        }
        guard output.utf8.count <= 262_144, (try? JSON.parse(text: output)) != nil else {
            throw caller.refusal("InvalidOutput", "Invalid Output", 400)
        }
        let isFirst = caller.simulated.state.withLock { $0.endedTasks.insert(taskToken).inserted }
        guard isFirst else {
            throw caller.refusal("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'", 400)
        }
        caller.record(Self.name, isWrite: true, [("taskToken", .string(taskToken)), ("output", .string(output))])
    }
}
