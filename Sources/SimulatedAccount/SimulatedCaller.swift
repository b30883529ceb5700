package import AWSClient
import AWSOperations
package import LosslessJSON
import Policies
import Synchronization

/// A way to a simulated account with one principal's credentials.
package struct SimulatedCaller: AWSCaller {
    let simulated: SimulatedAccount
    /// The account that the credentials belong to.
    let account: String
    /// The role that was assumed for them, which the account must know.
    let memberRole: String?

    /// Answers an operation from memory, with the error that AWS would give.
    package func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        do throws(AWSError) {
            if let memberRole, !simulated.assumableRoles.contains(memberRole) {
                throw AWSError(
                    kind: .accessDenied,
                    service: "STS",
                    operation: "AssumeRole",
                    code: "AccessDenied",
                    message: "not authorized to perform: sts:AssumeRole on resource: \(memberRole)",
                    status: 403
                )
            }
            let fault = simulated.state.withLock {
                $0.takeFault(Operation.service.id, Operation.name, operation.region.name)
            }
            // A lost answer: the write is carried out all the same.
            if let fault, !fault.outcomeUnknown { throw fault }
            var output: Operation.Output?
            if let known = operation as? any SimulatedOperation {
                output = try answer(known) as? Operation.Output
            } else if let added = operation as? any AddedOperation {
                output = try answer(added) as? Operation.Output
            }
            if let fault { throw fault }
            guard let output else {
                throw AWSError(kind: .rejected, message: "the simulated account does not know this operation")
            }
            return output
        } catch {
            throw error.named(service: Operation.service.id, operation: Operation.name)
        }
    }

    private func answer(_ operation: some SimulatedOperation) throws(AWSError) -> any Sendable {
        try operation.answer(self)
    }

    private func answer(_ operation: some AddedOperation) throws(AWSError) -> any Sendable {
        try operation.answer(in: self)
    }

    /// Notes a call that was answered.
    package func record(_ operation: String, isWrite: Bool = false, _ parameters: [(String, JSON)]) {
        let call = SimulatedAccount.Call(operation: operation, isWrite: isWrite, parameters: JSONObject(parameters))
        simulated.state.withLock { $0.calls.append(call) }
    }

    /// The error that AWS answers with.
    package func refusal(_ code: String, _ message: String, _ status: Int) -> AWSError {
        let kind: AWSError.Kind = status == 403 ? .accessDenied : status == 404 ? .notFound : .rejected
        return AWSError(kind: kind, code: code, message: message, status: status)
    }
}

extension SimulatedAccount.State {
    fileprivate mutating func takeFault(_ service: String, _ operation: String, _ region: String) -> AWSError? {
        let index = faults.firstIndex {
            $0.operation == operation && $0.times > 0 && ($0.service.map { $0 == service } ?? true)
                && ($0.region.map { $0 == region } ?? true)
        }
        guard let index else { return nil }
        guard faults[index].after == 0 else {
            faults[index].after -= 1
            return nil
        }
        faults[index].times -= 1
        return faults[index].error
    }
}
