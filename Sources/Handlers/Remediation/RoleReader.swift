import AWSClient
import AWSOperations
import Basics
import Policies

/// A role with its trust policy read.
struct TrustedRole {
    let role: Role
    let document: PolicyDocument
}

/// Why a role's trust policy cannot be edited, before anybody has looked at what is in it.
enum RoleReading {
    case read(TrustedRole)
    case gone
    case refused(String)
}

/// One role and the credentials that reach it.
struct RoleReader {
    let arn: RoleARN
    let partition: Partition
    let iam: any AWSCaller

    init(_ arn: RoleARN, _ environment: HandlerEnvironment) async throws(HandlerError) {
        self.arn = arn
        partition = try Handlers.partition(arn.partition)
        iam = try await environment.caller(for: arn.account, partition: partition)
    }

    /// Asks IAM for the role. Throws when the role cannot be read at all.
    func read() async throws(HandlerError) -> RoleReading {
        try interpret(await request())
    }

    /// Reads the role once more. A replica may be behind and answer an older document than was read before: what differs
    /// counts when two readings in a row say the same.
    func readAgain(after earlier: TrustedRole, _ environment: HandlerEnvironment) async throws(HandlerError)
        -> RoleReading
    {
        var last = earlier
        for pause in [Duration.zero, .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)] {
            if pause > .zero { try await environment.wait(pause, for: "the trust policy of \(arn)") }
            let reading = try await read()
            guard case .read(let now) = reading else { return reading }
            if now.document == last.document { return .read(now) }
            last = now
        }
        return .read(last)
    }

    /// The bare call, for running it beside others.
    func request() async -> Result<Role, AWSError> {
        await Result { () async throws(AWSError) in
            try await iam.call(GetRole(roleName: arn.name, partition: partition))
        }
    }

    /// Reads an answer of `request`.
    ///
    /// IAM knows roles by name alone: with the wrong account's credentials it would answer, and edit, another role.
    func interpret(_ answer: Result<Role, AWSError>) throws(HandlerError) -> RoleReading {
        let role: Role
        switch answer {
        case .success(let answered): role = answered
        case .failure(let error) where error.meansNoRole: return .gone
        case .failure(let error): throw HandlerError(error)
        }
        guard role.arn == arn.description else {
            return .refused(
                "IAM answered the role \(role.arn) for the name \(arn.name), not \(arn): "
                    + "set GATEHOUSE_MEMBER_ROLE if the role is in another account."
            )
        }
        do {
            return .read(TrustedRole(role: role, document: try PolicyDocument(text: role.trustPolicy)))
        } catch {
            return .refused("The trust policy of \(arn) cannot be read: \(error).")
        }
    }
}
